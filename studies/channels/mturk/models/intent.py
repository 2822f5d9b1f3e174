"""What is to be done on Mechanical Turk, written down before it is asked for, so that it is done exactly once."""

import hashlib
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q, Sum

from studies.channels.mturk.models.hit import Assignment, Hit
from studies.channels.mturk.models.posting import Posting
from studies.channels.mturk.models.qualification import Qualification
from studies.models import Worker

LEASE = timedelta(minutes=5)  # longer than one call takes with all its retries
TOKEN_LASTS = timedelta(hours=23)  # Amazon's 24 hours, with an hour to spare for clocks that differ


class IntentQuerySet(models.QuerySet["Intent"]):
    def due(self, now: datetime) -> "IntentQuerySet":
        """Those to be carried out: wanted, or left by a process that died."""
        left = Q(state=Intent.State.CALLING, claimed_at__lte=now - LEASE)
        return self.filter(Q(state=Intent.State.WANTED) | left).order_by("pk")

    def under_way(self) -> "IntentQuerySet":
        """Those of which nobody knows yet how they end."""
        return self.filter(state__in=[Intent.State.WANTED, Intent.State.CALLING])

    def committed_cents(self) -> int:
        """What these may cost together."""
        return int(self.exclude(state=Intent.State.REFUSED).aggregate(sum=Sum("cents"))["sum"] or 0)


class Intent(models.Model):
    """One call that has an effect there."""

    class State(models.TextChoices):
        WANTED = "wanted"
        CALLING = "calling"
        DONE = "done"
        REFUSED = "refused"

    class Operation(models.TextChoices):
        CREATE_QUALIFICATION = "CreateQualificationType"
        CREATE_TYPE = "CreateHITType"
        CREATE_HIT = "CreateHITWithHITType"
        NOTIFY = "UpdateNotificationSettings"
        ADD_ASSIGNMENTS = "CreateAdditionalAssignmentsForHIT"
        EXPIRE = "UpdateExpirationForHIT"
        DELETE = "DeleteHIT"
        REVIEWING = "UpdateHITReviewStatus"
        APPROVE = "ApproveAssignment"
        REJECT = "RejectAssignment"
        BONUS = "SendBonus"
        GRANT = "AssociateQualificationWithWorker"

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="intents")
    operation = models.CharField(max_length=40, choices=Operation)
    key = models.CharField(max_length=200, unique=True, help_text="What is done to what; the same thing is never meant twice.")
    hit = models.ForeignKey(Hit, null=True, on_delete=models.PROTECT, related_name="intents")
    assignment = models.ForeignKey(Assignment, null=True, on_delete=models.PROTECT, related_name="intents")
    qualification = models.ForeignKey(Qualification, null=True, on_delete=models.PROTECT, related_name="intents")
    worker = models.ForeignKey(Worker, null=True, on_delete=models.PROTECT, related_name="+")
    details = models.JSONField(default=dict, help_text="What the call needs besides: a message, an amount, a number.")
    cents = models.PositiveIntegerField(default=0, help_text="The most that it costs, with fees.")
    state = models.CharField(max_length=10, choices=State, default=State.WANTED)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, help_text="When it was first asked for.")
    claimed_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = IntentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "claimed_at"], name="intents_to_carry_out")]

    def __str__(self) -> str:
        return self.key

    @property
    def token(self) -> str:
        """The UniqueRequestToken: the same for the same intent, and for no other on any site."""
        return hashlib.sha256(f"evalsite/{self.posting.token}/{self.key}".encode()).hexdigest()

    def token_lasts(self, now: datetime) -> bool:
        """Whether Mechanical Turk would still know this intent by its token."""
        return self.called_at is None or now < self.called_at + TOKEN_LASTS

    def claim(self, now: datetime) -> bool:
        """Take this intent if no other process has it; False if one does."""
        free = Intent.objects.due(now).filter(pk=self.pk)
        taken = free.update(state=Intent.State.CALLING, claimed_at=now, tries=models.F("tries") + 1)
        self.refresh_from_db()
        return taken == 1

    def note_call(self, now: datetime) -> None:
        """Note, before the first call, that there may be one from now on."""
        if self.called_at is None:
            self.called_at = now
            self.save(update_fields=["called_at"])

    def done(self, now: datetime) -> None:
        self._end(Intent.State.DONE, "", done_at=now)

    def refuse(self, reason: str, now: datetime) -> None:
        """Mechanical Turk said no; nothing is spent."""
        self._end(Intent.State.REFUSED, reason, done_at=now)

    def put_back(self, reason: str) -> None:
        """To be looked into later: nobody knows whether it happened."""
        self._end(Intent.State.WANTED, reason, done_at=None)

    def want_again(self, refused: "Intent") -> None:
        """Take the place of the same intent that was refused; it is known since when it may have happened."""
        self.pk, self.called_at, self.tries = refused.pk, refused.called_at, refused.tries
        self.claimed_at = None
        self.put_back("")
        self.save()

    def _end(self, state: str, error: str, *, done_at: datetime | None) -> None:
        self.state, self.error, self.done_at = state, error, done_at
        self.save(update_fields=["state", "error", "done_at"])
