"""Leaves the marks of tasks as Celery tells of them; an error here is logged by Celery, and does no harm to the task."""

from typing import Any

from celery import Task
from celery.signals import task_failure, task_success
from django.utils import timezone

from evalsite.health.models import TaskMark
from evalsite.schedule import SCHEDULE

OF_THE_BEAT = frozenset(entry["task"] for entry in SCHEDULE.values())


@task_success.connect
def mark_success(sender: "Task[..., Any]", **_: Any) -> None:
    if sender.name in OF_THE_BEAT:
        TaskMark.objects.succeeded(sender.name, timezone.now())


@task_failure.connect
def mark_failure(sender: "Task[..., Any]", **_: Any) -> None:
    TaskMark.objects.failed(sender.name, timezone.now())
