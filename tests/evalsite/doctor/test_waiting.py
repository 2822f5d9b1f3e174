"""The checks that ask the database what waits for a person: beat, leftovers, retention, channels."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from analysis.web.models import Measurement, StudyResults
from evalsite.doctor.checks import beat, channels, leftovers, retention
from evalsite.health.models import TaskMark
from generation.models import Image
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Posting
from studies.channels.prolific.models import ProlificStudy
from studies.models import LogLine, Study
from studies.models import Session as Sitting
from tests.evalsite.doctor.looking import codes
from tests.factories_generation import BatchFactory, ImageFactory
from tests.factories_studies import StudyFactory, WorkerFactory
from tests.studies.channels.mturk.postings import draft
from tests.studies.channels.prolific.stand_in import TOKEN, running

pytestmark = pytest.mark.django_db


LONG_AGO = timezone.now() - timedelta(days=40)
DONE: dict[str, Any] = {"state": "done", "started_at": LONG_AGO, "last_seen_at": LONG_AGO}


def mark(task: str, *, ago: timedelta) -> None:
    TaskMark.objects.succeeded(task, timezone.now() - ago)


def test_a_beat_that_never_began_or_stopped_is_found() -> None:
    assert codes(beat.check()) == ["beat-never"]
    mark("generation.tasks.sweep", ago=timedelta(hours=3))
    [finding] = beat.check()
    assert finding.code == "beat-silent"
    assert "3 hours ago" in finding.sentence
    mark("generation.tasks.sweep", ago=timedelta(seconds=50))
    assert codes(beat.check()) == []


def test_what_failed_is_told_by_its_reason_the_most_frequent_first() -> None:
    assert codes(leftovers.check()) == []
    for reason in ("OutOfMemory: no room", "OutOfMemory: no room", "CheckpointNotFound: gone"):
        ImageFactory.create(state=Image.State.FAILED, reason=reason)
    found = list(leftovers.check())
    assert codes(found) == ["rows-failed"]
    assert [finding.sentence for finding in found] == [
        "2 images failed: OutOfMemory: no room",
        "1 image failed: CheckpointNotFound: gone",
    ]


def test_many_reasons_are_told_in_few_lines() -> None:
    for number in range(8):
        ImageFactory.create(state=Image.State.FAILED, reason=f"Reason {number}")
    found = list(leftovers.check())
    assert len(found) == leftovers.MOST_REASONS + 1
    assert found[-1].sentence == "3 images more failed, for 3 other reasons."


def test_batches_that_stopped_workers_or_were_forgotten_are_found() -> None:
    BatchFactory.create(trouble="StorageFailed: the disk is full")
    BatchFactory.create(claims=2)
    BatchFactory.create(holder="gone:1:x", lease_until=timezone.now() - timedelta(hours=1))
    assert codes(leftovers.check()) == ["batch-troubled", "batch-poisoned", "batch-forgotten"]


def test_results_metrics_and_tasks_that_failed_are_found() -> None:
    now = timezone.now()
    study = StudyFactory.create()
    StudyResults.objects.create(study=study, rehearsal=False, state="failed", asked_at=now, reason="No votes.")
    Measurement.objects.create(study=study, metrics=[], state="failed", asked_at=now, reason="No CLIP.")
    TaskMark.objects.failed("studies.tasks.flag_workers", now)
    TaskMark.objects.failed("studies.tasks.give_back_abandoned", now - timedelta(days=3))
    found = list(leftovers.check())
    assert codes(found) == ["results-failed", "task-failed"]
    assert [finding.code for finding in found].count("task-failed") == 1


def test_people_who_should_be_forgotten_by_now_are_found(settings: Settings) -> None:
    settings.FORGET_DAYS = 30
    study = StudyFactory.create(state=Study.State.CLOSED)
    Sitting.objects.create(study=study, worker=WorkerFactory.create(), visit="1", comment="I am Ann.", **DONE)
    LogLine.objects.add(study, "ann", "close", "", timezone.now() - timedelta(days=31))
    assert codes(retention.check()) == []  # due, but for less than two nights
    LogLine.objects.filter(study=study).update(at=timezone.now() - timedelta(days=33))
    [finding] = retention.check()
    assert finding.code == "personal-data-overdue"
    assert study.name in finding.sentence


def test_a_site_that_is_tidied_no_more_is_found() -> None:
    mark(retention.TASK, ago=timedelta(hours=30))
    assert codes(retention.check()) == []
    mark(retention.TASK, ago=timedelta(days=5))
    assert codes(retention.check()) == ["not-tidied"]


def test_mechanical_turk_is_asked_where_something_is_posted(mturk_emulator: Emulator, settings: Settings) -> None:
    settings.MTURK_ENDPOINT_URL = mturk_emulator.url
    posting = draft(StudyFactory.create())
    assert [finding.sentence for finding in channels.check()] == ["No study is on Mechanical Turk or Prolific."]
    Posting.objects.filter(pk=posting.pk).update(state=Posting.State.CONFIRMED, trouble="The bucket does not answer.")
    found = list(channels.check())
    assert codes(found) == ["posting-troubled"]
    assert "(emulator) takes the keys; the account has $" in found[0].sentence
    settings.MTURK_ENDPOINT_URL = ""
    assert codes(channels.check()) == ["mturk-not-asked", "posting-troubled"]


def test_an_account_without_money_is_found() -> None:
    assert codes([channels.of_balance("production", "0.00")]) == ["mturk-no-money"]
    assert codes([channels.of_balance("production", "0.05"), channels.of_balance("sandbox", "0.00")]) == []


def test_prolific_is_asked_where_there_is_a_token(settings: Settings) -> None:
    with running() as stand_in:
        settings.PROLIFIC_URL, settings.PROLIFIC_TOKEN = stand_in.url, TOKEN
        assert codes(channels.check()) == []
        settings.PROLIFIC_TOKEN = "open-sesame-0123456789"
        [finding] = channels.check()
    assert finding.code == "prolific-not-asked"
    assert "open-sesame" not in finding.sentence


def test_studies_on_prolific_without_a_token_are_found(settings: Settings) -> None:
    settings.PROLIFIC_TOKEN = ""
    fields = {"reward_cents": 100, "currency": "GBP", "places": 1, "minutes": 1, "budget_cents": 100, "made_at": timezone.now()}
    ProlificStudy.objects.create(study=StudyFactory.create(), prolific_id="60d9", status="ACTIVE", title="A", **fields)
    assert codes(channels.check()) == ["prolific-token-missing"]
