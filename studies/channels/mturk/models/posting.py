"""A study on Mechanical Turk: what workers there are told, asked and paid, and how much may be spent."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models

from studies.channels.mturk.environments import EMULATOR, PRODUCTION, SANDBOX, Environment, environment
from studies.channels.mturk.fees import fee_cents
from studies.models import Study
from studies.models.study import new_token

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60
SHORTEST, LONGEST, LONGEST_DELAY = 30, 365 * DAY, 30 * DAY
MOST_COUNTRIES = 30  # LocaleValues with In
KEYWORDS = "images, comparison, survey"


def _seconds(default: int, most: int, words: str, least: int = SHORTEST) -> Any:
    return models.PositiveIntegerField(
        f"{words} (s)", default=default, validators=[MinValueValidator(least), MaxValueValidator(most)]
    )


class Posting(models.Model):
    """A study as it is, or is to be, published on one Mechanical Turk; what was confirmed does not change any more."""

    class State(models.TextChoices):
        DRAFT = "draft"
        CONFIRMED = "confirmed"

    class Form(models.TextChoices):
        EXTERNAL = "external", "this site in MTurk's frame (ExternalQuestion)"
        HTML = "html", "a page of its own, images from S3 (HTMLQuestion)"

    class Environments(models.TextChoices):
        EMULATOR = EMULATOR
        SANDBOX = SANDBOX
        PRODUCTION = PRODUCTION

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="postings")
    environment_name = models.CharField("environment", max_length=10, choices=Environments, default=EMULATOR)
    form = models.CharField("question form", max_length=10, choices=Form, default=Form.EXTERNAL)
    title = models.CharField(max_length=128)
    description = models.TextField(validators=[MaxLengthValidator(2000)])
    keywords = models.CharField(max_length=1000, default=KEYWORDS)
    reward_cents = models.PositiveIntegerField("reward (cents)", validators=[MinValueValidator(1)])
    max_assignments = models.PositiveIntegerField(
        "workers per HIT", default=10, validators=[MinValueValidator(1)], help_text="MaxAssignments; the papers have 10."
    )
    comparisons_per_hit = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(100)])
    assignment_seconds = _seconds(HOUR, LONGEST, "time for an assignment")
    lifetime_seconds = _seconds(3 * DAY, LONGEST, "how long HITs can be found")
    auto_approval_seconds = _seconds(7 * DAY, LONGEST_DELAY, "approved without review after", least=0)
    frame_height = models.PositiveIntegerField("height of the frame (px)", default=1000)
    needs_masters = models.BooleanField("Masters alone", default=True)
    approval_above = models.PositiveSmallIntegerField(
        "approval rate above (%)", null=True, blank=True, default=98, validators=[MaxValueValidator(99)]
    )
    approved_above = models.PositiveIntegerField("approved HITs above", null=True, blank=True)
    countries = models.CharField(max_length=200, blank=True, help_text="Two letters each, such as US GB; empty: all.")
    needs_adults = models.BooleanField("adult content qualification", default=False)
    keeps_out_earlier = models.BooleanField(
        "nobody who took part in the study's earlier studies", default=True, help_text="By a qualification of our own."
    )
    needs_quiz_of = models.ForeignKey(
        Study,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Only who passed the quiz of that study, as a qualification of our own says.",
    )
    bucket = models.CharField("S3 bucket", max_length=63, blank=True, help_text="For a page of its own: where its images go.")
    bucket_region = models.CharField(max_length=30, blank=True, default="us-east-1")
    images_are_public = models.BooleanField(default=False, help_text="Public links; else links that are signed for a time.")
    budget_cents = models.PositiveIntegerField(default=0, editable=False, help_text="As confirmed: never more is spent.")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    hit_type_id = models.CharField(max_length=64, blank=True, editable=False)
    confirmed_by = models.CharField(max_length=150, blank=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    trouble = models.CharField(max_length=500, blank=True, editable=False, help_text="Why it could not be tended last.")
    subscription_url = models.URLField(
        max_length=1000, blank=True, editable=False, help_text="Where Amazon asks to have notifications confirmed."
    )
    polled_at = models.DateTimeField(null=True, editable=False)
    swept_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.study} on MTurk ({self.environment_name})"

    @property
    def environment(self) -> Environment:
        """Raises NotReachable for the emulator where nobody says where it runs."""
        return environment(self.environment_name)

    @property
    def is_draft(self) -> bool:
        return self.state == Posting.State.DRAFT

    @property
    def assignment_cents(self) -> int:
        """What one assignment costs, with its fee."""
        return self.reward_cents + fee_cents(
            self.reward_cents, max_assignments=self.max_assignments, masters=self.needs_masters
        )

    @property
    def country_codes(self) -> list[str]:
        return self.countries.replace(",", " ").upper().split()

    def clean(self) -> None:
        """Raise ValidationError for what Mechanical Turk or the study would not bear."""
        faults = {}
        if any(len(code) != 2 or not code.isalpha() for code in self.country_codes):
            faults["countries"] = "Write countries with two letters each, such as US GB."
        elif len(self.country_codes) > MOST_COUNTRIES:
            faults["countries"] = f"Mechanical Turk takes {MOST_COUNTRIES} countries at most; leave it empty for all."
        if self.form == Posting.Form.HTML and not self.bucket:
            faults["bucket"] = "A page of its own needs an S3 bucket for its images."
        if not self.title.isprintable():
            faults["title"] = "A title is plain text on one line."
        if faults:
            raise ValidationError(faults)
