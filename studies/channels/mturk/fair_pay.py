"""Paying everyone fairly: the wages of a posting from its rows, and the bonuses that lift those below a target."""

from datetime import datetime

from django.db.models import QuerySet

from studies.channels.mturk.models import Assignment, Intent, Posting
from studies.channels.mturk.review import Plan, bonus
from studies.channels.mturk.wages import Wages, Work, top_ups, wages_of

REASON = "Thank you. This bonus lifts what you earned in this study to a fair hourly wage."


def wages_of_posting(posting: Posting) -> Wages | None:
    """Of all assignments but the rejected; bonuses that were sent, or are on their way, are counted."""
    paid = _bonuses(posting)
    return wages_of(
        Work(assignment.worker_id, assignment.seconds, posting.reward_cents + paid.get(assignment.pk, 0))
        for assignment in _paid_work(posting)
    )


def plan_top_ups(posting: Posting, target_cents: int, who: str, now: datetime) -> Plan:
    """A bonus for each worker below an hourly wage, on the worker's latest assignment that is not rejected.

    Mechanical Turk sends bonuses for approved and for submitted work alone.
    """
    wages = wages_of_posting(posting)
    missing = top_ups(wages, target_cents) if wages else {}
    latest = {assignment.worker_id: assignment for assignment in _paid_work(posting)}
    number = posting.intents.filter(operation=Intent.Operation.BONUS).count()
    intents = [bonus(latest[worker], cents, REASON, f"top-up-{number}", who, now) for worker, cents in missing.items()]
    return Plan("Top up", tuple(intents), ())


def _paid_work(posting: Posting) -> QuerySet[Assignment]:
    work = Assignment.objects.of(posting).exclude(status=Assignment.Status.REJECTED)
    return work.select_related("worker", "hit__posting").order_by("submitted_at", "pk")


def _bonuses(posting: Posting) -> dict[int, int]:
    sent = posting.intents.filter(operation=Intent.Operation.BONUS).exclude(state=Intent.State.REFUSED)
    paid: dict[int, int] = {}
    for intent in sent:
        paid[intent.assignment_id or 0] = paid.get(intent.assignment_id or 0, 0) + intent.details["bonus"]
    return paid
