"""What the emulator keeps, and what follows from it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from studies.channels.mturk.fees import fee_cents

ASSIGNABLE, UNASSIGNABLE, REVIEWABLE, REVIEWING, DISPOSED = "Assignable", "Unassignable", "Reviewable", "Reviewing", "Disposed"
ACCEPTED, RETURNED, ABANDONED = "Accepted", "Returned", "Abandoned"  # which Amazon never shows to requesters
SUBMITTED, APPROVED, REJECTED = "Submitted", "Approved", "Rejected"
SHOWN = (SUBMITTED, APPROVED, REJECTED)
OVERRIDE_DAYS = 30
MASTERS_IDS = ("2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6")  # production, sandbox


@dataclass(frozen=True)
class HitType:
    """What HITs have in common. requirements: as in the request."""

    id: str
    group_id: str
    title: str
    description: str
    keywords: str | None
    reward_cents: int
    duration_seconds: int
    auto_approval_seconds: int
    requirements: tuple[dict[str, Any], ...] = field(hash=False)

    @property
    def masters(self) -> bool:
        return any(each["QualificationTypeId"] in MASTERS_IDS and each["Comparator"] == "Exists" for each in self.requirements)


@dataclass(eq=False)
class Assignment:
    """One worker's turn at a HIT."""

    id: str
    hit: "Hit"
    worker_id: str
    accepted: datetime
    status: str = ACCEPTED
    submitted: datetime | None = None
    approved: datetime | None = None
    rejected: datetime | None = None
    answer: str | None = None
    feedback: str | None = None

    @property
    def deadline(self) -> datetime:
        return self.accepted + timedelta(seconds=self.hit.type.duration_seconds)

    @property
    def approves_itself(self) -> datetime | None:
        """When the requester's time to decide is over; None before the worker submits."""
        return self.submitted and self.submitted + timedelta(seconds=self.hit.type.auto_approval_seconds)


@dataclass(eq=False)
class Hit:
    """A task that some number of workers may do, each once."""

    id: str
    type: HitType
    question: str
    max_assignments: int
    created: datetime
    expires: datetime
    annotation: str | None = None
    assignments: list[Assignment] = field(default_factory=list)
    held_cents: int = 0
    reviewing: bool = False
    disposed: bool = False
    told_expired: bool = False
    told_reviewable: bool = False

    def count(self, *statuses: str) -> int:
        """How many assignments are in one of these states."""
        return sum(each.status in statuses for each in self.assignments)

    @property
    def open_places(self) -> int:
        """Assignments that nobody has taken; a rejected one stays taken."""
        return self.max_assignments - self.count(ACCEPTED, *SHOWN)

    @property
    def cost_cents(self) -> int:
        """Reward and fee of one assignment."""
        reward = self.type.reward_cents
        return reward + fee_cents(reward, max_assignments=self.max_assignments, masters=self.type.masters)

    def status(self, now: datetime) -> str:
        """Amazon's HITStatus."""
        if self.disposed:
            return DISPOSED
        if self.open_places and now < self.expires:
            return ASSIGNABLE
        if self.count(ACCEPTED):
            return UNASSIGNABLE
        return REVIEWING if self.reviewing else REVIEWABLE

    def cents_to_hold(self, now: datetime) -> int:
        """What its work still to be decided on may cost: nothing is held for places that nobody can take any more."""
        over = self.disposed or (now >= self.expires and not self.count(ACCEPTED))
        places = (0 if over else self.open_places) + self.count(ACCEPTED, SUBMITTED)
        return places * self.cost_cents


@dataclass
class Worker:
    """Somebody who works on the site, with what Amazon knows of them."""

    id: str
    masters: bool = False
    approval_rate: int = 99  # per cent
    approved_count: int = 1000
    country: str = "US"
    subdivision: str = ""
    adult: bool = True


@dataclass(frozen=True)
class QualificationType:
    """A qualification of the requester's own. details: the optional fields of the request."""

    id: str
    name: str
    description: str
    created: datetime
    details: dict[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Grant:
    """That a worker has, or had, a qualification."""

    type_id: str
    worker_id: str
    value: int
    granted: datetime
    revoked: bool = False


@dataclass(frozen=True)
class Bonus:
    """Money paid on top of a reward."""

    assignment: Assignment
    cents: int
    reason: str
    granted: datetime


@dataclass(frozen=True)
class Letter:
    """What a requester wrote to a worker."""

    worker_id: str
    subject: str
    text: str
    sent: datetime
