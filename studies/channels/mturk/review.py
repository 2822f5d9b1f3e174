"""Decisions on what was handed in: approved, rejected, overridden, thanked with a bonus. Each is planned before it is done.

A plan says what would happen and what it costs; carrying it out writes the intents down, which a worker process then asks
Mechanical Turk for. Nothing is decided by itself but what the requester's delay approves there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from studies.channels.mturk.confirming import ACTION
from studies.channels.mturk.errors import ImpossibleReview
from studies.channels.mturk.fees import bonus_fee_cents
from studies.channels.mturk.ledger import intend
from studies.channels.mturk.models import Assignment, Intent, Posting
from studies.channels.mturk.money import dollars
from studies.models import LogLine

LONGEST_MESSAGE = 1024
OVERRIDABLE = timedelta(days=30)  # after the rejection
Status = Assignment.Status


@dataclass(frozen=True)
class Plan:
    """What would be done: an intent for each assignment, and the assignments that are left out, each with the reason."""

    verb: str
    intents: tuple[Intent, ...]
    left_out: tuple[str, ...]

    @property
    def cents(self) -> int:
        """What it costs beyond what is held already, with fees."""
        return sum(intent.cents for intent in self.intents)

    @property
    def said(self) -> str:
        out = f"; left out: {len(self.left_out)}" if self.left_out else ""
        return f"{_said(self.verb, self.intents)}{out}."


def approve(assignments: Sequence[Assignment], message: str, who: str, now: datetime) -> Plan:
    """Approve what waits for a decision; what it costs is held already."""
    return _plan("Approve", assignments, _waits, lambda one: _decision(one, Intent.Operation.APPROVE, message, who, now))


def reject(assignments: Sequence[Assignment], message: str, who: str, now: datetime) -> Plan:
    """Reject what waits for a decision. Raises ImpossibleReview without a message: the worker must learn why."""
    if not message.strip():
        raise ImpossibleReview("Say why: the worker reads it, and may ask for the rejection to be taken back.")
    return _plan("Reject", assignments, _waits, lambda one: _decision(one, Intent.Operation.REJECT, message, who, now))


def override(assignments: Sequence[Assignment], message: str, who: str, now: datetime) -> Plan:
    """Approve what was rejected in the last thirty days; it is paid anew, as the money went back."""

    def wrong(assignment: Assignment) -> str:
        if assignment.status != Status.REJECTED:
            return f"{assignment} is {assignment.status}, not rejected"
        late = assignment.decided_at is not None and now > assignment.decided_at + OVERRIDABLE
        return f"{assignment} was rejected more than thirty days ago" if late else ""

    def intent(assignment: Assignment) -> Intent:
        planned = _decision(assignment, Intent.Operation.APPROVE, message, who, now)
        planned.key, planned.details = f"override/{assignment.assignment_id}", {"message": message, "override": True}
        planned.cents = assignment.hit.posting.assignment_cents
        return planned

    return _plan("Override the rejection of", assignments, wrong, intent)


def bonus(assignment: Assignment, cents: int, reason: str, purpose: str, who: str, now: datetime) -> Intent:
    """A bonus for the worker of an assignment; `purpose` names it, so that the same bonus is never meant twice.

    Raises ImpossibleReview for nothing, and without a reason, which the worker reads.
    """
    if cents < 1 or not reason.strip():
        raise ImpossibleReview("A bonus is at least one cent, and has a reason that the worker reads.")
    return Intent(
        posting=assignment.hit.posting,
        operation=Intent.Operation.BONUS,
        key=f"bonus/{assignment.assignment_id}/{purpose}",
        assignment=assignment,
        details={"bonus": cents, "reason": reason.strip()},
        cents=cents + bonus_fee_cents(cents),
        by=who,
        at=now,
    )


def do(posting: Posting, plan: Plan, who: str, now: datetime) -> str:
    """Write a plan down to be carried out; what will be done. Raises OverBudget, and does nothing then."""
    new = intend(posting, plan.intents)
    said = _said(plan.verb, new)
    LogLine.objects.add(posting.study, who, ACTION, f"{posting}. {said}. {_named(new)}", now)
    return f"{said}. A worker process asks Mechanical Turk for it."


def _plan(
    verb: str, assignments: Sequence[Assignment], wrong: Callable[[Assignment], str], intent: Callable[[Assignment], Intent]
) -> Plan:
    under_way = _being_decided_on(assignments)
    reasons = {one: wrong(one) or (f"{one} is being decided on" if one.pk in under_way else "") for one in assignments}
    return Plan(
        verb=verb,
        intents=tuple(intent(assignment) for assignment, reason in reasons.items() if not reason),
        left_out=tuple(reason for reason in reasons.values() if reason),
    )


def _waits(assignment: Assignment) -> str:
    return "" if assignment.status == Status.SUBMITTED else f"{assignment} is {assignment.status} already"


def _being_decided_on(assignments: Sequence[Assignment]) -> set[int | None]:
    """The keys of those with a decision on its way, which is not crossed by another."""
    kinds = (Intent.Operation.APPROVE, Intent.Operation.REJECT)
    decisions = Intent.objects.under_way().filter(assignment__in=assignments, operation__in=kinds)
    return {decision.assignment_id for decision in decisions}


def _decision(assignment: Assignment, operation: Any, message: str, who: str, now: datetime) -> Intent:
    message = " ".join(message.split())
    if len(message) > LONGEST_MESSAGE:
        raise ImpossibleReview(f"A message has {LONGEST_MESSAGE} characters at most; this one has {len(message)}.")
    return Intent(
        posting=assignment.hit.posting,
        operation=operation,
        key=f"{'approve' if operation == Intent.Operation.APPROVE else 'reject'}/{assignment.assignment_id}",
        assignment=assignment,
        details={"message": message},
        by=who,
        at=now,
    )


def _said(verb: str, intents: Sequence[Intent]) -> str:
    """What is done to how many assignments; what it costs, where it is not held already."""
    cents = sum(intent.cents for intent in intents)
    number = "1 assignment" if len(intents) == 1 else f"{len(intents)} assignments"
    return f"{verb}: {number}" + (f", {dollars(cents)} with fees" if cents else "")


def _named(intents: Sequence[Intent]) -> str:
    return " ".join(str(intent.assignment) for intent in intents[:20]) + (" …" if len(intents) > 20 else "")
