"""What should have been deleted by now: what leads to people, and whether anybody tidies up."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well
from evalsite.health.models import TaskMark
from evalsite.retention.personal_data import personal_data

OVERDUE = Fault(
    code="personal-data-overdue",
    level=WRONG,
    cause="What leads to people is still there, though EVALSITE_FORGET_DAYS promises that it goes.",
    cure="Call manage.py tidy now; then look at the check “beat”, and at the workers' log around 03:17 UTC.",
)
NOT_TIDIED = Fault(
    code="not-tidied",
    level=WARNING,
    cause="Files that no row names, and what else is due, is deleted each night by a task of the beat, which did not succeed.",
    cure="Call manage.py tidy and see what it says; then look at the check “beat”, and at the workers' log around 03:17 UTC.",
)

TASK = "evalsite.tasks.tidy"
GRACE = timedelta(days=2)  # it is called once a night


def check() -> Iterator[Finding]:
    now = timezone.now()
    overdue = [str(found.study) for found in personal_data(now - GRACE)]
    if overdue:
        yield OVERDUE.found(f"What leads to people should be deleted of {', '.join(overdue)}.")
    else:
        yield well("Nothing that leads to people is overdue.")
    last = TaskMark.objects.filter(task=TASK).values_list("succeeded_at", flat=True).first()
    yield from _tidied(last, now)


def _tidied(last: datetime | None, now: datetime) -> Iterator[Finding]:
    """last: when it was done; a new site has not come to it yet."""
    if last and now - last > GRACE:
        yield NOT_TIDIED.found(f"The site was last tidied {(now - last).days} days ago.")
