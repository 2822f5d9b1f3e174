"""The requester's money, in whole cents. None appears or disappears: what came in is available, held or spent."""

from dataclasses import dataclass

from studies.channels.mturk.emulator.errors import request_error


@dataclass
class Account:
    """Prepaid: publishing holds money, approving spends what is held, anything else gives it back."""

    available_cents: int
    held_cents: int = 0
    spent_cents: int = 0

    def hold(self, cents: int) -> None:
        """Put money aside for work to come; below 0 gives it back. Raises Refused when there is not enough."""
        self._need(cents)
        self.available_cents -= cents
        self.held_cents += cents

    def pay_held(self, cents: int) -> None:
        """Pay out of what is held."""
        self.held_cents -= cents
        self.spent_cents += cents

    def pay(self, cents: int) -> None:
        """Pay out of what is available. Raises Refused when there is not enough."""
        self._need(cents)
        self.available_cents -= cents
        self.spent_cents += cents

    def _need(self, cents: int) -> None:
        if cents > self.available_cents:
            raise request_error(
                "InsufficientFunds", "This Requester has insufficient funds in their account to complete this transaction."
            )


def dollars(cents: int) -> str:
    """An amount as Amazon writes it: 105 is 1.05."""
    return f"{cents // 100}.{cents % 100:02}"


def cents_of(amount: str) -> int:
    """Cents of an amount of the form that the service model asks for, e.g. 1, 1. or 0.5."""
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))
