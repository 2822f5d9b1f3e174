"""What the review page shows of assignments, and of answers given here that are not handed in there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from studies.channels.mturk.environments import PRODUCTION
from studies.channels.mturk.models import Assignment, FrameVisit, Intent, Posting
from studies.flagging import qualities_of
from studies.models import Exclusion, Flag, Trial

REAL = Q(session__trials__kind=Trial.Kind.VOTE)
COUNTS = {
    "counted": Count("session__trials", filter=REAL & Q(session__trials__state=Trial.State.DONE), distinct=True),
    "excluded": Count("session__trials", filter=REAL & Q(session__trials__state=Trial.State.EXCLUDED), distinct=True),
    "seconds_seen": Count("session__trials", distinct=True),
}
FILTERS = {
    "Submitted": "Waiting for a decision",
    "Approved": "Approved",
    "Rejected": "Rejected",
    "fault": "With a fault",
    "": "All",
    "elsewhere": "Not handed in there",
}


@dataclass(frozen=True)
class Row:
    """An assignment with what there is to know before deciding on it.

    checks: how the worker did on the study's checks, in words; empty without any. doubts: flags, and whether excluded.
    under_way: decisions and bonuses that are written down for it, in words.
    """

    assignment: Assignment
    checks: str
    doubts: tuple[str, ...]
    under_way: tuple[str, ...]


def assignments_of(posting: Posting, status: str) -> "QuerySet[Assignment]":
    """Of a posting, by status, or those with a fault; the latest first."""
    found = Assignment.objects.of(posting)
    if status in Assignment.Status.values:
        found = found.filter(status=status)
    elif status == "fault":
        found = found.exclude(fault="")
    return found.order_by("-submitted_at", "-pk")


def rows_of(posting: Posting, assignments: "Sequence[Assignment]") -> list[Row]:
    """The rows of a page of assignments; a few queries for all of them."""
    checks, doubts, under_way = _checks(posting), _doubts(posting, assignments), _under_way(assignments)
    return [
        Row(
            assignment=one,
            checks=checks.get(one.worker_id, ""),
            doubts=tuple(doubts.get(one.worker_id, ())),
            under_way=tuple(under_way.get(one.pk, ())),
        )
        for one in assignments
    ]


def elsewhere_of(posting: Posting) -> "QuerySet[FrameVisit]":
    """Sessions in the frame with answers that wait, or that never arrived; the latest first."""
    set_apart = Q(session__trials__state=Trial.State.UNCONFIRMED) | Q(session__trials__state=Trial.State.NEVER_ARRIVED)
    waiting = Count("session__trials", filter=Q(session__trials__state=Trial.State.UNCONFIRMED))
    lost = Count("session__trials", filter=Q(session__trials__state=Trial.State.NEVER_ARRIVED))
    visits = FrameVisit.objects.filter(set_apart, hit__posting=posting).select_related("hit", "session__worker")
    return visits.annotate(waiting=waiting, lost=lost).order_by("-session__started_at", "-pk")


def _checks(posting: Posting) -> dict[int, str]:
    plan = posting.study.quality
    if not plan.gold_share and not plan.repeat_share and not plan.attention_share:
        return {}
    qualities = qualities_of(posting.study, rehearsal=posting.environment_name != PRODUCTION)
    told = {worker: _told(quality) for worker, quality in qualities.items()}
    return {worker: ", ".join(parts) for worker, parts in told.items()}


def _told(quality: Any) -> list[str]:
    shares = {
        "gold": quality.gold_accuracy,
        "attention": quality.attention_accuracy,
        "repeats": quality.repeat_consistency,
    }
    return [f"{name} {share:.0f} %" for name, share in shares.items() if share is not None]


def _doubts(posting: Posting, assignments: Iterable[Assignment]) -> dict[int, list[str]]:
    workers = {one.worker_id for one in assignments}
    doubts: dict[int, list[str]] = {}
    for exclusion in Exclusion.objects.in_force().filter(study=posting.study, worker__in=workers):
        doubts.setdefault(exclusion.worker_id, []).append("excluded")
    for flag in Flag.objects.filter(study=posting.study, worker__in=workers):
        doubts.setdefault(flag.worker_id, []).append(f"flagged: {flag.rule}")
    return doubts


def _under_way(assignments: Iterable[Assignment]) -> dict[int, list[str]]:
    kinds = {Intent.Operation.APPROVE: "approval", Intent.Operation.REJECT: "rejection", Intent.Operation.BONUS: "bonus"}
    intents = Intent.objects.filter(assignment__in=list(assignments), operation__in=kinds).order_by("pk")
    told: dict[int, list[str]] = {}
    for intent in intents.exclude(state=Intent.State.DONE, operation__in=[Intent.Operation.APPROVE, Intent.Operation.REJECT]):
        told.setdefault(intent.assignment_id or 0, []).append(f"{kinds[Intent.Operation(intent.operation)]}: {intent.state}")
    return told
