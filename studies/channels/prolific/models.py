"""A study as it is on Prolific, its submissions, and every call that spends or decides, written before it is made."""

import secrets
from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Sum

from studies.channels.prolific.answers import StudyThere
from studies.channels.prolific.rules import money
from studies.models import Session, Study, Worker

CODE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_code() -> str:
    """A completion code that nobody guesses, of letters and digits that nobody mistakes for others."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(8))


class ProlificStudy(models.Model):
    """A study as it is, or is to be, on Prolific. A study that is published there again has another row.

    Amounts are cents (or pence) of the currency of the account.
    """

    class Status(models.TextChoices):
        """PLANNED is ours; all others are Prolific's words."""

        PLANNED = "PLANNED", "planned here"
        UNPUBLISHED = "UNPUBLISHED", "draft on Prolific"
        PUBLISHING = "PUBLISHING", "being published"
        SCHEDULED = "SCHEDULED", "scheduled"
        ACTIVE = "ACTIVE", "active"
        PAUSED = "PAUSED", "paused"
        AWAITING_REVIEW = "AWAITING REVIEW", "awaiting review"
        COMPLETED = "COMPLETED", "completed"

    class Review(models.TextChoices):
        MANUALLY = "MANUALLY_REVIEW", "I decide on each submission"
        AUTOMATICALLY = "AUTOMATICALLY_APPROVE", "Prolific approves whoever finishes"

    class Currency(models.TextChoices):
        GBP = "GBP", "£"
        USD = "USD", "$"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="prolific_studies")
    attempt = models.PositiveSmallIntegerField(default=1)
    mark = models.CharField(max_length=20, unique=True, default=new_code)
    prolific_id = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=20, default=Status.PLANNED)
    title = models.CharField(max_length=120, help_text="As participants read it.")
    description = models.TextField(help_text="What participants are asked to do, as they read it before they come.")
    reward_cents = models.PositiveIntegerField("reward in cents", validators=[MinValueValidator(1)])
    currency = models.CharField(max_length=3, choices=Currency, help_text="That of your account.")
    places = models.PositiveIntegerField(validators=[MinValueValidator(1)], help_text="How many participants.")
    minutes = models.PositiveSmallIntegerField(
        "estimated minutes", validators=[MinValueValidator(1), MaxValueValidator(600)], help_text="Of a whole session."
    )
    review = models.CharField(max_length=30, choices=Review, default=Review.MANUALLY)
    screen_out_cents = models.PositiveIntegerField(
        "reward when screened out, in cents",
        default=0,
        help_text="0: whoever is screened out is asked to return the submission. Workspaces may lack this.",
    )
    screen_out_places = models.PositiveIntegerField(
        "paid screen-outs", default=0, help_text="How many at most, where screened-out participants are paid."
    )
    completion_code = models.CharField(max_length=20, default=new_code)
    screen_out_code = models.CharField(max_length=20, default=new_code)
    budget_cents = models.PositiveIntegerField(
        "budget in cents", help_text="The most to be spent on Prolific, fees, VAT and bonuses included."
    )
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True, help_text="When Prolific was last asked.")

    class Meta:
        verbose_name_plural = "Prolific studies"
        constraints = [
            models.UniqueConstraint(fields=["study", "attempt"], name="one_prolific_study_per_attempt"),
            models.UniqueConstraint(fields=["prolific_id"], condition=~Q(prolific_id=""), name="one_row_per_prolific_study"),
        ]

    def __str__(self) -> str:
        return f"{self.study} on Prolific, {self.attempt}"

    @property
    def internal_name(self) -> str:
        """What finds the draft again on Prolific; participants do not see it."""
        return f"{self.study.name} [{self.mark}]"

    @property
    def status_in_words(self) -> str:
        """A status that Prolific did not have when this was written is told as it is."""
        return dict(self.Status.choices).get(self.status, self.status.lower())

    @property
    def is_planned(self) -> bool:
        """Whether it was never published, so that everything can still be changed."""
        return self.status in (self.Status.PLANNED, self.Status.UNPUBLISHED)

    def money(self, cents: int) -> str:
        return money(cents, self.currency)

    def committed_cents(self) -> int:
        """What calls that were made, or may have been, spend at most."""
        return self.intents.spending().aggregate(cents=Sum("cents"))["cents"] or 0

    def take_over(self, there: StudyThere, read_at: datetime) -> None:
        """Write down what Prolific said at a time, unless it has said something later since."""
        rows = ProlificStudy.objects.filter(pk=self.pk)
        rows.filter(prolific_id="").update(prolific_id=there.id)
        places = self.places if there.places is None else there.places
        rows.filter(Q(read_at=None) | Q(read_at__lte=read_at)).update(status=there.status, places=places, read_at=read_at)
        self.refresh_from_db()


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
    def awaits_review(self) -> bool:
        return self.status == self.Status.AWAITING_REVIEW

    @property
    def is_under_way(self) -> bool:
        return self.status in self.UNDER_WAY


class IntentQuerySet(models.QuerySet["Intent"]):
    def spending(self) -> "IntentQuerySet":
        """Calls that took effect, or may have, or may yet."""
        return self.exclude(state=Intent.State.FAILED)

    def unsettled(self) -> "IntentQuerySet":
        """Calls of which nobody knows yet whether they took effect."""
        return self.filter(state__in=Intent.UNSETTLED)


class Intent(models.Model):
    """A call that spends or decides. It is written before the call, with the check of the budget, and settled after it."""

    class Kind(models.TextChoices):
        CREATE = "create", "make the draft"
        PUBLISH = "publish", "publish"
        ADD_PLACES = "add places", "add places"
        MOVE = "move", "pause, go on or stop"
        APPROVE = "approve", "approve"
        REJECT = "reject", "reject"
        REQUEST_RETURN = "request return", "ask to return"
        SET_UP_BONUSES = "set up bonuses", "set up bonuses"
        PAY_BONUSES = "pay bonuses", "pay bonuses"

    class State(models.TextChoices):
        WAITING = "waiting", "waits until the submission can be reviewed"
        PENDING = "pending", "under way"
        UNCERTAIN = "uncertain", "may have happened"
        DONE = "done", "done"
        FAILED = "failed", "did not happen"

    UNSETTLED = (State.PENDING, State.UNCERTAIN)

    prolific_study = models.ForeignKey(ProlificStudy, on_delete=models.PROTECT, related_name="intents")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="intents")
    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    cents = models.PositiveIntegerField(default=0, help_text="What it spends at most, with fees and VAT.")
    body = models.JSONField(default=dict, help_text="What is told to Prolific.")
    reference = models.CharField(max_length=40, blank=True, help_text="Prolific's id of the bonuses.")
    detail = models.TextField(blank=True, help_text="What came of it.")
    who = models.CharField(max_length=150)
    at = models.DateTimeField()

    objects = IntentQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prolific_study", "kind"],
                condition=Q(submission=None, state__in=["pending", "uncertain"]),
                name="one_unsettled_intent_per_kind",
            ),
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(state__in=["waiting", "pending", "uncertain"]),
                name="one_unsettled_intent_per_submission",
            ),
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(kind="pay bonuses") & ~Q(state="failed"),
                name="bonuses_are_paid_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"

    @property
    def is_unsettled(self) -> bool:
        return self.state in self.UNSETTLED

    def settle(self, state: "Intent.State", detail: str = "") -> None:
        """Write down what came of it; what is settled stays as it is."""
        Intent.objects.filter(pk=self.pk, state__in=self.UNSETTLED).update(state=state, detail=detail)
        self.refresh_from_db()
