"""What tasks of Celery leave behind."""

from datetime import UTC, datetime

import pytest

from evalsite.health.models import TaskMark

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 1, 13, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_no_beat_has_come_where_nothing_ever_succeeded() -> None:
    TaskMark.objects.failed("generation.tasks.sweep", NOON)
    assert TaskMark.objects.last_beat() is None


def test_the_last_beat_is_the_latest_success_of_any_task() -> None:
    TaskMark.objects.succeeded("generation.tasks.sweep", NOON)
    TaskMark.objects.succeeded("studies.tasks.flag_workers", LATER)
    TaskMark.objects.failed("studies.tasks.flag_workers", LATER)
    TaskMark.objects.succeeded("generation.tasks.sweep", NOON)
    assert TaskMark.objects.last_beat() == LATER


def test_failures_add_up_and_a_success_leaves_them() -> None:
    TaskMark.objects.failed("generation.tasks.sweep", NOON)
    TaskMark.objects.succeeded("generation.tasks.sweep", NOON)
    TaskMark.objects.failed("generation.tasks.sweep", LATER)
    mark = TaskMark.objects.get()
    assert (mark.failures, mark.failed_at, mark.succeeded_at) == (2, LATER, NOON)
