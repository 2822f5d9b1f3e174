"""A study as its researcher designs it: conditions, prompt sets, criteria, instructions."""

import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from generation.models import Condition, PromptSet
from generation.seeds import validate_seeds
from studies.errors import DesignFrozen
from studies.pairs import validate_pairs

NO_CLEAR_WINNER = "no clear winner"
FEWEST_CONDITIONS, MOST_CONDITIONS = 2, 4


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
        CLOSED = "closed"

    name = models.CharField(max_length=100, unique=True, validators=[validate_one_line])
    instructions = models.TextField(help_text="Markdown, shown before the first trial.")
    consent = models.TextField(help_text="Markdown, agreed to before anything else.")
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
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    rehearsal_token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)

    objects = StudyQuerySet.as_manager()

    DESIGN = ("name", "instructions", "consent", "votes_wanted", "seed")

    class Meta:
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; raise DesignFrozen for a change to what workers and tables of a published study rely on."""
        stored = Study.objects.exclude(state=Study.State.DRAFT).filter(pk=self.pk).values(*self.DESIGN).first()
        if stored and stored != {field: getattr(self, field) for field in self.DESIGN}:
            raise DesignFrozen(f"“{self}” is published; its design cannot change. Make a new study instead.")
        super().save(*args, **kwargs)

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

    def close(self) -> None:
        """Show workers no more trials."""
        Study.objects.filter(pk=self.pk, state=Study.State.PUBLISHED).update(state=Study.State.CLOSED)

    def reopen(self) -> None:
        """Let workers go on."""
        Study.objects.filter(pk=self.pk, state=Study.State.CLOSED).update(state=Study.State.PUBLISHED)

    def drops_by_condition(self) -> dict[str, int]:
        """How many images of each condition were flagged, and so dropped their prompt–seed for all conditions."""
        counted = self.conditions.annotate(dropped=models.Count("drops"))
        return {str(condition): condition.dropped for condition in counted}

    def is_rehearsal_link(self, token: str) -> bool:
        """Whether votes given through this link are a rehearsal."""
        return token == self.rehearsal_token


class PartOfDesign(models.Model):
    """What belongs to a study's design: frozen once the study is published."""

    study: "models.ForeignKey[Study, Study]"

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_if_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_if_frozen()
        return super().delete(*args, **kwargs)

    def _refuse_if_frozen(self) -> None:
        if not self.study.is_draft:
            raise DesignFrozen(f"“{self.study}” is published; its design cannot change. Make a new study instead.")


class StudyCondition(PartOfDesign):
    """A condition under its printed name in one study."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="conditions")
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="+")
    printed_name = models.CharField(
        max_length=60, validators=[validate_printed_name], help_text="As in the table: SD+auto-DNP."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Row of the table, from 0.")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "printed_name"], name="one_condition_per_printed_name"),
            models.UniqueConstraint(fields=["study", "condition"], name="each_condition_once_in_a_study"),
        ]

    def __str__(self) -> str:
        return self.printed_name

    def clean(self) -> None:
        """Raise ValidationError for images that are not meant for voters."""
        if self.condition_id and self.condition.is_intermediate:
            raise ValidationError(
                f"The images of {self.condition.method} are a means for other methods, not to be voted on. Choose another."
            )


class StudyPromptSet(PartOfDesign):
    """Which prompt–seed pairs of a prompt set a study takes, and the note shown with its trials."""

    class Selection(models.TextChoices):
        ALL = "all", "all pairs"
        DRAWN = "drawn", "a number of pairs, drawn"
        LISTED = "listed", "the listed pairs"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="prompt_sets")
    prompt_set = models.ForeignKey(PromptSet, on_delete=models.PROTECT, related_name="+")
    seeds = models.CharField(max_length=500, default="0", validators=[validate_seeds], help_text="For instance 0-3, 17.")
    selection = models.CharField(max_length=10, choices=Selection, default=Selection.ALL)
    number = models.PositiveIntegerField(null=True, blank=True, help_text="How many pairs to draw.")
    pairs = models.TextField(blank=True, validators=[validate_pairs], help_text="One a line: the seed, a blank, the prompt.")
    note = models.TextField(blank=True, help_text="Markdown, shown with every trial of this prompt set.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["study", "prompt_set"], name="each_prompt_set_once_in_a_study")]

    def __str__(self) -> str:
        return str(self.prompt_set)

    def clean(self) -> None:
        if self.selection == self.Selection.DRAWN and not self.number:
            raise ValidationError({"number": "Say how many pairs to draw."})
        if self.selection == self.Selection.LISTED and not self.pairs.strip():
            raise ValidationError({"pairs": "List the pairs, one a line: the seed, a blank, the prompt."})


class Criterion(PartOfDesign):
    """A question that each trial asks."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="criteria")
    name = models.SlugField(max_length=40, help_text="As in the table: correctness.")
    question = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "criteria"
        constraints = [models.UniqueConstraint(fields=["study", "name"], name="one_criterion_per_name")]

    def __str__(self) -> str:
        return self.name
