"""What was done to a study, when and by whom."""

from datetime import datetime

from django.db import models

from studies.models.study import Study


class LogLineQuerySet(models.QuerySet["LogLine"]):
    def add(self, study: Study, who: str, action: str, detail: str, now: datetime) -> "LogLine":
        """Write one line; there is no way to change one."""
        return self.create(study=study, who=who, action=action, detail=detail, at=now)


class LogLine(models.Model):
    """One thing done to a study."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    who = models.CharField(max_length=150, help_text="A user's name, or “command line”.")
    action = models.CharField(max_length=40)
    detail = models.TextField(blank=True)

    objects = LogLineQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.action} by {self.who}"
