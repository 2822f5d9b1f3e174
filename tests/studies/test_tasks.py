"""What a worker process does for studies from time to time."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from evalsite.celery import app
from studies.allocation import open_session
from studies.models import Place, Session, Study, Worker
from studies.tasks import give_back_abandoned
from tests.factories_studies import published_study

pytestmark = pytest.mark.django_db


def left(study: Study, *, minutes: int) -> Session:
    """A session that its worker left so many minutes ago."""
    worker = Worker.objects.known_as("local", f"{study.pk}/{minutes}")
    return open_session(study, worker, rehearsal=False, now=timezone.now() - timedelta(minutes=minutes))


def test_what_abandoned_sessions_hold_is_given_back() -> None:
    one, other = published_study(session_minutes=60), published_study(session_minutes=10)
    sessions = [left(one, minutes=61), left(one, minutes=50), left(other, minutes=11)]
    give_back_abandoned()
    assert [Session.objects.get(pk=session.pk).state for session in sessions] == ["abandoned", "open", "abandoned"]
    assert not Place.objects.of(other, rehearsal=False).filter(free=False).exists()


def test_sessions_left_in_a_study_that_is_closed_or_paused_end_too() -> None:
    closed, paused = published_study(session_minutes=60), published_study(session_minutes=60)
    sessions = [left(closed, minutes=61), left(paused, minutes=61), left(paused, minutes=59)]
    closed.close()
    paused.pause()
    give_back_abandoned()
    assert [Session.objects.get(pk=session.pk).state for session in sessions] == ["abandoned", "abandoned", "open"]


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)
    assert give_back_abandoned.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
