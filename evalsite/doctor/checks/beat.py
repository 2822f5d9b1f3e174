"""The beat: whether it calls, and somebody does what it calls for."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from evalsite.doctor.findings import WRONG, Fault, Finding, well
from evalsite.health.models import TaskMark

NEVER = Fault(
    code="beat-never",
    level=WRONG,
    cause="Nobody calls again for what a dead worker held, gives back what people abandoned, or asks the channels.",
    cure="Start one beat, “celery -A evalsite beat”, or give one worker of the queue default --beat. One that "
    "was just started calls for the first time after a minute.",
)
SILENT = Fault(
    code="beat-silent",
    level=WRONG,
    cause="The beat has ended, or the broker loses its messages, or no worker takes from the queue default.",
    cure="Look at the checks “broker” and “workers” first; if both are well, start the beat anew.",
)

PATIENCE = timedelta(minutes=5)  # the beat calls each minute, and a worker may be at something else for a while


def check() -> Iterator[Finding]:
    yield judged(TaskMark.objects.last_beat(), timezone.now())


def judged(last: datetime | None, now: datetime) -> Finding:
    """last: when a worker last carried out what the beat called for."""
    if last is None:
        return NEVER.found("No task of the beat was ever carried out.")
    seconds = round((now - last).total_seconds())
    if now - last > PATIENCE:
        return SILENT.found(
            f"The last task of the beat was carried out {_in_words(now - last)} ago, at {last:%Y-%m-%d %H:%M} UTC."
        )
    return well(f"A task of the beat was carried out {max(0, seconds)} seconds ago.")


def _in_words(age: timedelta) -> str:
    if age >= timedelta(days=2):
        return f"{age.days} days"
    minutes = round(age.total_seconds() / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
