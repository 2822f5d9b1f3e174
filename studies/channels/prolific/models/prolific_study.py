"""A study as it is, or is to be, on Prolific."""

import secrets
from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Sum

from studies.channels.prolific.answers import StudyThere
from studies.channels.prolific.rules import money
from studies.models import Study

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
