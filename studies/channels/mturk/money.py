"""Money in whole cents of the US dollar, and as Mechanical Turk writes it."""

import re

from studies.channels.mturk.errors import BadAmount

AMOUNT = re.compile(r"([0-9]{1,10})(?:\.([0-9]{0,2}))?")


def cents_of(text: str) -> int:
    """The cents of an amount such as “0.05”, “.5” being none. Raises BadAmount for anything but dollars and cents."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        raise BadAmount(f"“{text}” is no amount: write dollars and cents, such as 0.05, without a currency sign.")
    dollars, cents = found.groups(default="")
    return 100 * int(dollars) + int(cents.ljust(2, "0"))


def amount_of(cents: int) -> str:
    """As Mechanical Turk reads it: “0.05”."""
    return f"{cents // 100}.{cents % 100:02d}"


def dollars(cents: int) -> str:
    """As people read it: “$1,234.05”, “−$0.05”."""
    return f"{'−' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"
