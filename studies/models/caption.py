"""What a worker says of an image shown alone, and what a researcher decides of it."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from studies.models.study import Study

LONGEST_CAPTION = 300


class WorkerCaptionQuerySet(models.QuerySet["WorkerCaption"]):
    def of(self, study: Study, *, rehearsal: bool) -> "WorkerCaptionQuerySet":
        """A study's captions, or those of its rehearsal, the first given first."""
        sessions = self.filter(trial__session__study=study, trial__session__rehearsal=rehearsal)
        return sessions.order_by("trial__answered_at", "pk")

    def pending(self) -> "WorkerCaptionQuerySet":
        """Those that nobody has decided on, of trials that still count."""
        return self.filter(decision=WorkerCaption.Decision.PENDING, trial__state="done")

    def accepted(self) -> "WorkerCaptionQuerySet":
        return self.filter(decision=WorkerCaption.Decision.ACCEPTED)


class WorkerCaption(models.Model):
    """A worker's words for the image of a trial, or that it cannot be described."""

    class Decision(models.TextChoices):
        PENDING = "pending"
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    trial = models.OneToOneField("studies.Trial", on_delete=models.PROTECT, related_name="caption")
    text = models.CharField(max_length=LONGEST_CAPTION, blank=True)
    indescribable = models.BooleanField("cannot be described", default=False)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = WorkerCaptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(indescribable=True, text="") | (Q(indescribable=False) & ~Q(text=""))),
                name="a_text_or_cannot_be_described",
            ),
        ]

    def __str__(self) -> str:
        return self.text or "cannot be described"

    def decide(self, decision: str, who: str, now: datetime) -> bool:
        """Decide on this caption; False if somebody has meanwhile."""
        undecided = WorkerCaption.objects.filter(pk=self.pk, decision=WorkerCaption.Decision.PENDING)
        return undecided.update(decision=decision, decided_by=who, decided_at=now) == 1
