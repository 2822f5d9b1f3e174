"""A worker's sitting in a study, for the tests of its models."""

from datetime import timedelta

from studies.allocation import open_session
from studies.models import Session, Study, Trial
from tests.factories_studies import NOON, WorkerFactory, published_study

LATER = NOON + timedelta(seconds=12.5)


def session_of(study: Study) -> Session:
    """The sitting of a worker who comes at noon."""
    return open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)


def first_trial_of(**fields: int) -> Trial:
    """The first trial of a sitting in a study with these fields."""
    trial = session_of(published_study(**fields)).next_trial()
    assert trial
    return trial
