"""All checks at once, each for so long at most, whatever happens to the others."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import httpx
from django import db

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding
from evalsite.doctor.redaction import without_secrets

TOO_SLOW = Fault(
    code="check-too-slow",
    level=WRONG,
    cause="What the check looked at takes connections and does not answer, or a network drops its packets.",
    cure="Look whether a firewall lies between, and whether the server or the disk hangs; then call the doctor again.",
)
CRASHED = Fault(
    code="check-stopped",
    level=WRONG,
    cause="The check met an error that it has no words for.",
    cure="Read the error; it mostly names the server or file that is at fault.",
)
NOT_LOOKED = Fault(
    code="check-needs-database",
    level=WARNING,
    cause="The check asks the database what is in use, and the database does not answer or lacks tables.",
    cure="Put right what the check “database” says first, then call the doctor again.",
)
NOT_ASKED = Fault(
    code="check-needs-site",
    level=WARNING,
    cause="The check asks the site at EVALSITE_URL, and it does not answer.",
    cure="Put right what the check “public-url” says first, then call the doctor again.",
)
CONNECT_SECONDS = 10


@dataclass(frozen=True)
class Check:
    """One check: its name, what finds, and how many seconds it may take."""

    name: str
    find: Callable[[], Iterable[Finding]]
    seconds: float


@dataclass
class _Underway:
    """A check in a thread of its own, with what it has found so far."""

    check: Check
    found: list[Finding] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def go(self) -> None:
        try:
            self.found.extend(self.check.find())  # one by one: what was found before an error or the deadline stays found
        except db.Error as error:
            self.found.append(NOT_LOOKED.found(f"Not all of it was checked ({_said(error)})."))
        except httpx.TransportError as error:
            self.found.append(NOT_ASKED.found(f"Not all of it was checked ({_said(error)})."))
        except Exception as error:  # told as a finding, so that it hides no other
            self.found.append(CRASHED.found(f"The check stopped ({_said(error)})."))
        finally:
            db.connections.close_all()
            self.over.set()


def run(checks: Sequence[Check]) -> Iterator[tuple[Check, list[Finding]]]:
    """The findings of each check, in the order of the checks, as soon as they are there; no secret is in them.

    A check that is not over in its time goes on in a thread that the end of the process ends.
    """
    _wait_shortly_for_the_database()
    start = time.monotonic()
    underway = [_Underway(check) for check in checks]
    for one in underway:
        threading.Thread(target=one.go, name=one.check.name, daemon=True).start()
    for one in underway:
        yield one.check, [without_secrets(finding) for finding in _found(one, start)]


def _wait_shortly_for_the_database() -> None:
    """By itself libpq waits two minutes for a server that takes connections and says nothing."""
    database = db.connections.settings[db.DEFAULT_DB_ALIAS]
    if database["ENGINE"].endswith("postgresql"):
        database["OPTIONS"].setdefault("connect_timeout", CONNECT_SECONDS)


def _found(one: _Underway, start: float) -> list[Finding]:
    left = start + one.check.seconds - time.monotonic()
    if one.over.wait(max(0.0, left)):
        return one.found
    return [*one.found, TOO_SLOW.found(f"There was no answer within {one.check.seconds:g} seconds.")]


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".strip().splitlines()[0]
