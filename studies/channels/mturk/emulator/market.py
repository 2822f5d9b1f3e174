"""Everything the emulator knows, in memory, behind one lock."""

import secrets
import string
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from studies.channels.mturk.emulator.account import Account
from studies.channels.mturk.emulator.clock import Clock
from studies.channels.mturk.emulator.errors import unknown
from studies.channels.mturk.emulator.outbox import Outbox
from studies.channels.mturk.emulator.records import (
    Assignment,
    Bonus,
    Grant,
    Hit,
    HitType,
    Letter,
    QualificationType,
    Worker,
)

Record = TypeVar("Record")
ID_LETTERS = string.ascii_uppercase + string.digits
TOKEN_LIFETIME = timedelta(hours=24)


def new_id() -> str:
    """An id that looks like Amazon's: 30 capital letters and digits, of which the first is 3."""
    return "3" + "".join(secrets.choice(ID_LETTERS) for _ in range(29))


@dataclass
class Market:
    """Touched only within lifecycle.turn(), which holds the lock, says what time it is, and lets what is due happen."""

    account: Account
    clock: Clock
    outbox: Outbox
    lock: threading.RLock = field(default_factory=threading.RLock)
    hit_types: dict[str, HitType] = field(default_factory=dict)
    hits: dict[str, Hit] = field(default_factory=dict)
    assignments: dict[str, Assignment] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    qualification_types: dict[str, QualificationType] = field(default_factory=dict)
    grants: dict[tuple[str, str], Grant] = field(default_factory=dict)  # by qualification type and worker
    blocks: dict[str, str] = field(default_factory=dict)  # reason by worker
    bonuses: list[Bonus] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    notifications: dict[str, dict[str, Any]] = field(default_factory=dict)  # specification by HIT type
    silent: set[str] = field(default_factory=set)  # HIT types whose notifications are off
    tokens: dict[tuple[str, str], tuple[datetime, str]] = field(default_factory=dict)  # used when, for what, by kind and token

    def __post_init__(self) -> None:
        self.now = self.clock.now()

    def hit(self, hit_id: str) -> Hit:
        """The HIT of that id, disposed or not. Raises Refused."""
        return _found(self.hits, "HIT", hit_id)

    def hit_type(self, type_id: str) -> HitType:
        """The HIT type of that id. Raises Refused."""
        return _found(self.hit_types, "HITType", type_id)

    def assignment(self, assignment_id: str) -> Assignment:
        """The assignment of that id, in whatever state. Raises Refused."""
        return _found(self.assignments, "Assignment", assignment_id)

    def worker(self, worker_id: str) -> Worker:
        """The worker of that id; at first sight one like most."""
        return self.workers.setdefault(worker_id, Worker(worker_id))

    def used_for(self, kind: str, token: str | None) -> str:
        """What a UniqueRequestToken was used for within 24 hours; empty for a new one, or none."""
        used, what = self.tokens.get((kind, token or ""), (None, ""))
        return what if used and self.now < used + TOKEN_LIFETIME else ""

    def keep_token(self, kind: str, token: str | None, what: str) -> None:
        """Remember what a token was used for."""
        if token:
            self.tokens[kind, token] = (self.now, what)


def _found(records: dict[str, Record], what: str, name: str) -> Record:
    if name not in records:
        raise unknown(what, name)
    return records[name]
