"""Where a posting goes: the emulator, Amazon's sandbox, or production; kept apart everywhere, and named everywhere."""

from dataclasses import dataclass

from django.conf import settings

from studies.channels.mturk.errors import NotReachable

REGION = "us-east-1"  # the only one that Mechanical Turk is in
EMULATOR, SANDBOX, PRODUCTION = "emulator", "sandbox", "production"
TITLES = {EMULATOR: "Emulator, no money", SANDBOX: "Sandbox, no money", PRODUCTION: "Production, real money"}
CLOSURE = (
    "Amazon has announced that Mechanical Turk closes for good on 30 September 2026, and takes no new requesters since 30 July "
    "2026. That day has passed: ask Amazon before you count on it. The emulator works without Amazon, and the same study runs "
    "unchanged on Prolific or by a panel's link."
)


@dataclass(frozen=True)
class Environment:
    """One Mechanical Turk.

    worker_site: the origin that workers' pages have, and the only one that answers are handed in to. masters: the key of the
    Masters qualification there. channel: the name of its workers' channel. rehearsal: whether its votes are kept apart.
    """

    name: str
    endpoint: str
    worker_site: str
    masters: str
    channel: str
    rehearsal: bool

    @property
    def title(self) -> str:
        return TITLES[self.name]


_PRODUCTION = Environment(
    name=PRODUCTION,
    endpoint=f"https://mturk-requester.{REGION}.amazonaws.com",
    worker_site="https://www.mturk.com",
    masters="2F1QJWKUDD8XADTFD2Q0G6UTO95ALH",
    channel="mturk",
    rehearsal=False,
)
_SANDBOX = Environment(
    name=SANDBOX,
    endpoint=f"https://mturk-requester-sandbox.{REGION}.amazonaws.com",
    worker_site="https://workersandbox.mturk.com",
    masters="2ARFPLSP75KLA8M8DH1HTEQVJT3SY6",
    channel="mturk-sandbox",
    rehearsal=True,
)
NAMES = (EMULATOR, SANDBOX, PRODUCTION)


def environment(name: str) -> Environment:
    """The environment of that name; raises NotReachable for the emulator where nobody says where it runs."""
    if name == EMULATOR:
        return _emulator()
    return {SANDBOX: _SANDBOX, PRODUCTION: _PRODUCTION}[name]


def of_channel(channel: str) -> str:
    """The name of the environment whose workers' channel has that name."""
    return {"mturk": PRODUCTION, "mturk-sandbox": SANDBOX, "mturk-emulator": EMULATOR}[channel]


def _emulator() -> Environment:
    address = settings.MTURK_ENDPOINT_URL
    if not address:
        raise NotReachable(
            "Start the emulator with “manage.py mturk_emulator --port 8900”, and the site with "
            "MTURK_ENDPOINT_URL=http://localhost:8900."
        )
    return Environment(
        name=EMULATOR,
        endpoint=address,
        worker_site=address,
        masters=_PRODUCTION.masters,
        channel="mturk-emulator",
        rehearsal=True,
    )
