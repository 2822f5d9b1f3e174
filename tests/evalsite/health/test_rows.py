"""What the metrics of rows say, of rows made for them; each number is counted by hand."""

from datetime import timedelta

import pytest

from analysis.web.models import Measurement, StudyResults
from evalsite.health.models import TaskMark
from evalsite.health.rows import metrics_of_rows
from generation.models import Image
from studies.allocation import open_session
from tests.factories_generation import BatchFactory, ImageFactory
from tests.factories_studies import NOON, StudyFactory, WorkerFactory, choose_first, published_study

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def told() -> dict[tuple[str, ...], float]:
    """The samples at noon: name and values of labels → value."""
    samples = (sample for metric in metrics_of_rows(NOON) for sample in metric.samples)
    return {(sample.name.removeprefix("evalsite_"), *sample.labels.values()): sample.value for sample in samples}


def test_batches_wait_or_are_held_until_they_are_finished() -> None:
    BatchFactory.create_batch(2, created_at=NOON - MINUTE)
    BatchFactory.create(created_at=NOON - 9 * MINUTE, lease_until=NOON + SECOND)
    BatchFactory.create(created_at=NOON - 9 * MINUTE, finished_at=NOON)
    BatchFactory.create(created_at=NOON - 2 * MINUTE, queue="caption", lease_until=NOON, trouble="OSError: the disk is full")
    found = told()
    states = {key[1:]: value for key, value in found.items() if key[0] == "batches" and value}
    assert states == {("gpu", "waiting"): 2, ("gpu", "held"): 1, ("caption", "waiting"): 1}
    ages = [found["oldest_waiting_batch_seconds", queue] for queue in ("gpu", "caption", "default")]
    assert ages == [60, 120, 0]
    assert [found["batches_in_trouble", queue] for queue in ("gpu", "caption")] == [0, 1]


def test_images_count_from_when_they_were_finished() -> None:
    for minutes, state in ((1, "done"), (4, "flagged"), (6, "failed"), (59, "done"), (60, "done")):
        ImageFactory.create(state=state, finished_at=NOON - minutes * MINUTE)
    ImageFactory.create(state=Image.State.QUEUED)
    found = told()
    assert found["images_finished_per_minute",] == 2 / 5
    assert [found["images_last_hour", state] for state in ("done", "flagged", "failed")] == [2, 1, 1]


def test_votes_count_from_when_their_trial_was_answered() -> None:
    study = published_study(prompts=3)
    session = open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON - 9 * MINUTE)
    for trial, at in zip(session.trials.order_by("number"), (6 * MINUTE, 4 * MINUTE), strict=False):
        trial.record(choose_first(trial), NOON - at)
    found = told()
    assert found["votes_per_minute",] == 2 / 5  # one trial of two criteria
    assert found["sessions_open",] == 1


def test_jobs_wait_and_fail() -> None:
    study, other = StudyFactory.create_batch(2)
    StudyResults.objects.create(study=study, rehearsal=False, key="", asked_at=NOON)
    for at in (NOON - MINUTE, NOON - 61 * MINUTE):
        Measurement.objects.create(study=other, metrics=[], clip="", state="failed", asked_at=at, finished_at=at)
    found = told()
    assert [found["jobs_under_way", kind] for kind in ("results", "measurements")] == [1, 0]
    assert [found["jobs_failed_last_hour", kind] for kind in ("results", "measurements")] == [0, 1]


def test_a_beat_that_never_came_has_no_age() -> None:
    assert ("beat_age_seconds",) not in told()


def test_marks_of_tasks_are_told() -> None:
    TaskMark.objects.succeeded("generation.tasks.sweep", NOON - 90 * SECOND)
    TaskMark.objects.failed("generation.tasks.make_batch", NOON)
    found = told()
    assert found["beat_age_seconds",] == 90
    assert found["task_succeeded_timestamp_seconds", "generation.tasks.sweep"] == (NOON - 90 * SECOND).timestamp()
    assert found["task_failures_total", "generation.tasks.make_batch"] == 1
