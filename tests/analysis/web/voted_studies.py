"""Studies with votes of known numbers, at known times."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from studies.allocation import open_session
from studies.models import Session, Study, StudyCondition, Worker
from tests.factories_studies import NOON, WorkerFactory, fetch_images

SECONDS = 10


def answer(
    study: Study,
    choices: Sequence[StudyCondition | None],
    *,
    at: datetime = NOON,
    rehearsal: bool = False,
    worker: Worker | None = None,
) -> Session:
    """A worker's session in which each of the first trials gets one choice on every criterion, ten seconds each."""
    session = open_session(study, worker or WorkerFactory.create(), rehearsal=rehearsal, now=at)
    for number, (trial, chosen) in enumerate(zip(session.trials.all(), choices, strict=False)):
        started = at + timedelta(seconds=SECONDS * number)
        trial.mark_shown(started)
        fetch_images(trial)
        trial.refresh_from_db()
        trial.record(dict.fromkeys(study.criteria.all(), chosen), started + timedelta(seconds=SECONDS))
    session.refresh_from_db()
    return session
