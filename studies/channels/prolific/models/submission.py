"""Submissions as Prolific has them, and its notifications of them."""

from datetime import datetime

from django.db import models

from studies.channels.prolific.models.prolific_study import ProlificStudy
from studies.models import Session, Worker


class Submission(models.Model):
    """One participant's sitting, as Prolific has it, with the session here that belongs to it."""

    class Status(models.TextChoices):
        RESERVED = "RESERVED", "reserved"
        ACTIVE = "ACTIVE", "active"
        TIMED_OUT = "TIMED-OUT", "timed out"
        AWAITING_REVIEW = "AWAITING REVIEW", "awaiting review"
        PROCESSING = "PROCESSING", "being processed"
        APPROVED = "APPROVED", "approved"
        PARTIALLY_APPROVED = "PARTIALLY APPROVED", "partially approved"
        RETURNED = "RETURNED", "returned"
        REJECTED = "REJECTED", "rejected"
        SCREENED_OUT = "SCREENED OUT", "screened out"

    UNDER_WAY = (Status.RESERVED, Status.ACTIVE)
    GIVEN_UP = (Status.RETURNED, Status.TIMED_OUT)

    prolific_study = models.ForeignKey(ProlificStudy, on_delete=models.PROTECT, related_name="submissions")
    prolific_id = models.CharField(max_length=40, unique=True, help_text="What the study's address calls SESSION_ID.")
    worker = models.ForeignKey(Worker, null=True, on_delete=models.SET_NULL, related_name="prolific_submissions")
    session = models.ForeignKey(Session, null=True, on_delete=models.SET_NULL, related_name="prolific_submissions")
    status = models.CharField(max_length=30)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    code = models.CharField(max_length=50, blank=True)
    bonus_cents = models.PositiveIntegerField(default=0, help_text="Paid so far, as Prolific says.")
    return_requested_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(help_text="When Prolific was asked for what this row says.")

    class Meta:
        ordering = ["started_at", "pk"]

    def __str__(self) -> str:
        return self.prolific_id

    @property
    def status_in_words(self) -> str:
        return dict(self.Status.choices).get(self.status, self.status.lower())

    @property
    def bonus(self) -> str:
        """The bonus paid so far, as people read it."""
        return self.prolific_study.money(self.bonus_cents) if self.bonus_cents else ""

    @property
    def awaits_review(self) -> bool:
        return self.status == self.Status.AWAITING_REVIEW

    @property
    def is_decided(self) -> bool:
        """Whether nothing is left to decide on: it was decided, or given up."""
        return not (self.awaits_review or self.is_under_way or self.status == self.Status.PROCESSING)

    @property
    def is_under_way(self) -> bool:
        return self.status in self.UNDER_WAY

    def note(self, status: str, read_at: datetime) -> None:
        """Write down the status that Prolific answered to a decision; all else is read later."""
        self.status, self.read_at = status, read_at
        self.save(update_fields=["status", "read_at"])


class SeenEvent(models.Model):
    """A notification of Prolific's that was looked at already."""

    event = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.event
