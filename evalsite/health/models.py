"""What Celery's tasks leave behind, wherever they ran: when those of the beat last came to their end, and what failed."""

from datetime import datetime

from django.db import models
from django.db.models import F, Max


class TaskMarkQuerySet(models.QuerySet["TaskMark"]):
    def succeeded(self, task: str, now: datetime) -> None:
        """Note that one of the beat's tasks came to its end."""
        mark = TaskMark(task=task, succeeded_at=now)
        self.bulk_create([mark], update_conflicts=True, unique_fields=["task"], update_fields=["succeeded_at"])

    def failed(self, task: str, now: datetime) -> None:
        """Count that a task raised an error."""
        self.get_or_create(task=task)
        self.filter(task=task).update(failures=F("failures") + 1, failed_at=now)

    def last_beat(self) -> datetime | None:
        """When a worker last carried out a task that the beat called for; None if that never happened.

        It is old if the beat does not run, or the broker passes nothing on, or no worker takes the queue `default`.
        """
        last: datetime | None = self.aggregate(last=Max("succeeded_at"))["last"]
        return last


class TaskMark(models.Model):
    """One kind of task. Only those of the beat leave a mark when they succeed: others would write a row with every batch."""

    task = models.CharField(max_length=200, unique=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveBigIntegerField(default=0)
    failed_at = models.DateTimeField(null=True, blank=True)

    objects = TaskMarkQuerySet.as_manager()

    class Meta:
        ordering = ["task"]

    def __str__(self) -> str:
        return self.task
