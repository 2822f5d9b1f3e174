"""The clock of this machine, against those of the database and of the site's server."""

import email.utils
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from evalsite.doctor.checks.database import one_value
from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well
from evalsite.doctor.site import Visit, visit

FAR_OFF = Fault(
    code="clock-far-off",
    level=WRONG,
    cause="Leases of work end too early or too late, signed links are over or never begin, and S3 refuses requests.",
    cure="Let the clocks of all machines follow a time server: “timedatectl set-ntp true”, and look at “timedatectl status”.",
)
OFF = Fault(
    code="clock-off",
    level=WARNING,
    cause="The clock runs free, or its time server is far away; it will be worse tomorrow.",
    cure="Let the clocks of all machines follow a time server: “timedatectl set-ntp true”, and look at “timedatectl status”.",
)

OFF_SECONDS = 5.0
FAR_OFF_SECONDS = 120.0  # or a third of a batch's lease, when it is renewed, if that is less


def check() -> Iterator[Finding]:
    if connection.vendor == "postgresql":
        before = time.time()
        there = float(one_value(connection, "SELECT extract(epoch FROM clock_timestamp())"))
        yield judged("the database's", off(before, there, there, time.time()))
    yield from _of_site(visit("/health/live"))


def _of_site(answer: Visit) -> Iterator[Finding]:
    """The header Date has whole seconds."""
    if date := answer.response.headers.get("Date"):
        there = email.utils.parsedate_to_datetime(date).timestamp()
        yield judged("that of the site's server", off(answer.before, there, there + 1, answer.after))


def off(before: float, earliest: float, latest: float, after: float) -> float:
    """By how many seconds a clock is ahead of ours at least; negative if it is behind; 0 if it may be right.

    It was looked at after `before` and before `after` by our clock, and showed between earliest and latest.
    """
    return max(0.0, earliest - after) - max(0.0, before - latest)


def judged(whose: str, seconds: float) -> Finding:
    """seconds: by which the other clock is ahead of ours."""
    said = f"This machine's clock is {abs(seconds):.0f} seconds {'behind' if seconds > 0 else 'ahead of'} {whose}."
    if abs(seconds) > min(FAR_OFF_SECONDS, settings.BATCH_LEASE_SECONDS / 3):
        return FAR_OFF.found(said)
    if abs(seconds) > OFF_SECONDS:
        return OFF.found(said)
    return well(f"This machine's clock and {whose} agree within {OFF_SECONDS:g} seconds.")
