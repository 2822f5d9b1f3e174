"""What the command and the beat's task delete, and say."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session as Login
from django.core.management import call_command
from django.utils import timezone

from analysis.web.models import StudyResults
from evalsite.schedule import SCHEDULE
from evalsite.tasks import tidy
from studies.models import Attempt
from tests.factories_studies import StudyFactory

pytestmark = pytest.mark.django_db


def folder_of(study: int, digest: str, *, days: float) -> Path:
    """A folder with results of so many days ago."""
    folder = Path(settings.RESULTS_ROOT) / str(study) / "votes" / digest
    folder.mkdir(parents=True)
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(folder, (then, then))
    return folder


def fill() -> tuple[list[Path], list[Path]]:
    """One of each that goes, and of each that stays; folders of results that go, and that stay."""
    now = timezone.now()
    for number, hours in enumerate([-1, 1]):
        Login.objects.create(session_key=str(number), session_data="", expire_date=now + timedelta(hours=hours))
    for minutes in (59, 61):
        Attempt.objects.create(what="login", who="hash", at=now - timedelta(minutes=minutes))
    study = StudyFactory.create().pk
    StudyResults.objects.create(study_id=study, rehearsal=False, state="done", digest="named", asked_at=now)
    stay = [folder_of(study, "named", days=9), folder_of(study, "young", days=0.9)]
    return [folder_of(study, "left", days=1.1), folder_of(study + 1, "of a deleted study", days=9)], stay


def left() -> tuple[int, int]:
    return Login.objects.count(), Attempt.objects.count()


def test_what_is_due_goes_and_all_else_stays(capsys: pytest.CaptureFixture[str]) -> None:
    go, stay = fill()
    call_command("tidy")
    assert left() == (1, 1)
    assert not any(folder.exists() for folder in go)
    assert all(folder.is_dir() for folder in stay)
    assert capsys.readouterr().out.splitlines() == [
        "ended logins: 1",
        "addresses' attempts: 1",
        "folders of earlier results: 2",
        "what leads to people: none",
        "files that no row names: 0 (0\xa0bytes)",
    ]


def test_a_dry_run_says_the_same_and_deletes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    go, stay = fill()
    call_command("tidy", dry_run=True)
    told = capsys.readouterr().out
    assert left() == (2, 2)
    assert all(folder.is_dir() for folder in go + stay)
    call_command("tidy")
    assert capsys.readouterr().out == told


def test_the_beat_calls_for_it_once_a_day_at_an_hour() -> None:
    fill()
    tidy()
    assert left() == (1, 1)
    entry: Any = SCHEDULE["tidy"]
    assert entry["task"] == tidy.name
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({3}, {17})
