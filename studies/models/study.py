"""A study: what is compared, what workers are told and asked, and whether they may vote now."""

import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from studies.errors import DesignFrozen

if TYPE_CHECKING:
    from studies.models.design import StudyCondition
    from studies.models.quality import QualityPlan

NO_CLEAR_WINNER = "no clear winner"
FEWEST_CONDITIONS, MOST_CONDITIONS = 2, 4
MOST_PRACTICE_TRIALS = 5


def new_token() -> str:
    """An address that cannot be guessed and says nothing."""
    return secrets.token_urlsafe(12)


def validate_one_line(name: str) -> None:
    """Refuse names that would print as two different ones, or over two lines."""
    if not name.isprintable() or name != name.strip():
        raise ValidationError("A name must be plain text on one line, with no blank before or after it.")


def validate_printed_name(name: str) -> None:
    """Refuse names that the votes file could not hold."""
    validate_one_line(name)
    if "|" in name or name.strip().lower() == NO_CLEAR_WINNER:
        raise ValidationError(f"A printed name may not hold “|” nor be “{NO_CLEAR_WINNER}”.")


class StudyQuerySet(models.QuerySet["Study"]):
    def behind_link(self, token: str) -> "StudyQuerySet":
        """The study, if any, whose voting link or rehearsal link holds this token."""
        return self.filter(Q(token=token) | Q(rehearsal_token=token))


class Study(models.Model):
    """Conditions to compare on prompt sets and seeds, with criteria, instructions, a channel, votes wanted."""

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        PAUSED = "paused"
        CLOSED = "closed"

    class Design(models.TextChoices):
        TOGETHER = "together", "all conditions together"
        PAIRS = "pairs", "every pair of conditions"
        BASELINE = "baseline", "each condition against the baseline"
        ALONE = "alone", "each image alone, to be described"

    class Withdrawal(models.TextChoices):
        DELETE = "delete", "delete the worker's votes"
        KEEP = "keep", "keep the votes given so far"

    name = models.CharField(max_length=100, unique=True, validators=[validate_one_line])
    instructions = models.TextField(help_text="Markdown, shown before the first trial.")
    consent = models.TextField(help_text="Markdown, agreed to before anything else.")
    design = models.CharField(
        max_length=10, choices=Design, default=Design.TOGETHER, help_text="Which images are shown together."
    )
    votes_wanted = models.PositiveSmallIntegerField(
        "votes per comparison", default=10, validators=[MinValueValidator(1)], help_text="By different workers."
    )
    trials_per_session = models.PositiveSmallIntegerField(default=20, validators=[MinValueValidator(1), MaxValueValidator(200)])
    session_minutes = models.PositiveSmallIntegerField(
        default=60,
        validators=[MinValueValidator(1)],
        help_text="A session untouched for so long is abandoned; its unanswered trials go to other workers.",
    )
    seed = models.PositiveIntegerField(default=0, help_text="Draws the prompt–seed pairs and the shown orders.")
    language = models.CharField(
        max_length=10,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text="Of buttons and messages: that of your instructions.",
    )
    expected_seconds = models.PositiveSmallIntegerField(
        "seconds for a trial", default=20, validators=[MinValueValidator(1)], help_text="As workers are told."
    )
    minimum_age = models.PositiveSmallIntegerField(default=18, help_text="Workers confirm it; 0 if any age may take part.")
    adult_content = models.BooleanField(default=False, help_text="Warn workers that images may show adult content.")
    withdrawal = models.CharField(
        "when a worker withdraws",
        max_length=10,
        choices=Withdrawal,
        default=Withdrawal.DELETE,
        help_text="As the consent says.",
    )
    asks_demographics = models.BooleanField(default=False, help_text="Age, gender, language: asked, never required.")
    practice_trials = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(MOST_PRACTICE_TRIALS)], help_text="Before the first trial, never counted."
    )
    invited_only = models.BooleanField(default=False, help_text="Only people with a personal link may take part.")
    earlier_studies = models.ManyToManyField(
        "self", symmetrical=False, blank=True, help_text="Whoever took part in one of these, a pilot say, may not take part."
    )
    excluded_ids = models.TextField(blank=True, help_text="Hashed ids of workers who may not take part, one a line.")
    shows_results_while_open = models.BooleanField(
        default=False, help_text="Show shares before the study is closed. Looking early tempts to stop early."
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    rehearsal_token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)

    objects = StudyQuerySet.as_manager()

    DESIGN = (
        "name",
        "instructions",
        "consent",
        "language",
        "design",
        "votes_wanted",
        "seed",
        "minimum_age",
        "adult_content",
        "withdrawal",
        "asks_demographics",
        "practice_trials",
        "shows_results_while_open",
    )

    class Meta:
        verbose_name_plural = "studies"
        permissions = [
            ("see_results", "Can see votes and shares"),
            ("run_study", "Can publish, pause, resume and close a study, and invite to it"),
            ("decide_exclusions", "Can exclude workers, and lift it again"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; raise DesignFrozen for a change to what workers and tables of a published study rely on.

        A published study is paused, resumed and closed by the methods below alone: an object that was read before they
        were called does not undo them.
        """
        with transaction.atomic():
            # Locked by its key alone: a row that is being published still says that it is a draft, and must be waited for.
            stored = Study.objects.select_for_update().filter(pk=self.pk).values(*self.DESIGN, "state", "published_at").first()
            if stored and stored["state"] != Study.State.DRAFT:
                self.state, self.published_at = stored.pop("state"), stored.pop("published_at")
                if stored != {field: getattr(self, field) for field in self.DESIGN}:
                    raise DesignFrozen(f"“{self}” is published; its design cannot change. Make a new study instead.")
            super().save(*args, **kwargs)

    @property
    def is_captioning(self) -> bool:
        """Whether workers describe images instead of voting on them (Desai & Vasconcelos, ECCV 2024, §4.1)."""
        return self.design == self.Design.ALONE

    @property
    def is_draft(self) -> bool:
        return self.state == Study.State.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether workers may vote now."""
        return self.state == Study.State.PUBLISHED

    @property
    def link_path(self) -> str:
        """The address that workers get, without the host."""
        return reverse("study", args=[self.token])

    @property
    def rehearsal_link_path(self) -> str:
        """The address whose votes are a rehearsal, without the host."""
        return reverse("study", args=[self.rehearsal_token])

    @property
    def link(self) -> str:
        return settings.SITE_URL + self.link_path

    @property
    def rehearsal_link(self) -> str:
        return settings.SITE_URL + self.rehearsal_link_path

    @property
    def shows_results(self) -> bool:
        """Whether shares of votes may be looked at: once the study is closed, or if it says so."""
        return self.state == self.State.CLOSED or (self.shows_results_while_open and not self.is_draft)

    @property
    def baseline(self) -> "StudyCondition | None":
        """The condition that all others are compared with in a study of that design."""
        return self.conditions.filter(is_baseline=True).first()

    @property
    def quality(self) -> "QualityPlan":
        """The study's checks and rules; an unsaved plan without any where it has none."""
        from studies.models.quality import QualityPlan  # quality.py needs this module first

        return QualityPlan.objects.filter(study=self).first() or QualityPlan(study=self)

    def pause(self) -> bool:
        """Take no votes for a while; False if the study was not open."""
        return self._move({self.State.PUBLISHED}, self.State.PAUSED)

    def resume(self) -> bool:
        """Take votes again; False unless the study was paused or closed."""
        return self._move({self.State.PAUSED, self.State.CLOSED}, self.State.PUBLISHED)

    def close(self) -> bool:
        """Take no more votes and show the results; False if the study was neither open nor paused."""
        return self._move({self.State.PUBLISHED, self.State.PAUSED}, self.State.CLOSED)

    def _move(self, before: "set[Study.State]", after: "Study.State") -> bool:
        moved = Study.objects.filter(pk=self.pk, state__in=before).update(state=after) == 1
        self.refresh_from_db(fields=["state"])
        return moved

    def drops_by_condition(self) -> dict[str, int]:
        """How many images of each condition were flagged, and so dropped their prompt–seed for all conditions."""
        counted = self.conditions.annotate(dropped=models.Count("drops"))
        return {str(condition): condition.dropped for condition in counted}

    def is_rehearsal_link(self, token: str) -> bool:
        """Whether votes given through this link are a rehearsal."""
        return token == self.rehearsal_token
