"""A study as its researcher designs it: conditions, prompt sets, criteria, instructions."""

import secrets

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from generation.models import Condition, PromptSet
from generation.seeds import validate_seeds

NO_CLEAR_WINNER = "no clear winner"
FEWEST_CONDITIONS, MOST_CONDITIONS = 2, 4


def new_token() -> str:
    """An address that cannot be guessed and says nothing."""
    return secrets.token_urlsafe(12)


def validate_printed_name(name: str) -> None:
    """Refuse names that the votes file could not hold."""
    if "|" in name or name.strip().lower() == NO_CLEAR_WINNER:
        raise ValidationError(f"A printed name may not hold “|” nor be “{NO_CLEAR_WINNER}”.")


class Study(models.Model):
    """Conditions to compare on prompt sets and seeds, with criteria, instructions, a channel, votes wanted."""

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        CLOSED = "closed"

    name = models.CharField(max_length=100, unique=True)
    instructions = models.TextField(help_text="Markdown, shown before the first trial.")
    consent = models.TextField(help_text="Markdown, agreed to before anything else.")
    votes_wanted = models.PositiveSmallIntegerField(
        "votes per comparison", default=10, validators=[MinValueValidator(1)], help_text="By different workers."
    )
    trials_per_session = models.PositiveSmallIntegerField(default=20, validators=[MinValueValidator(1), MaxValueValidator(200)])
    seed = models.PositiveIntegerField(default=0, help_text="Draws the prompt–seed pairs and the shown orders.")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    rehearsal_token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)

    class Meta:
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return self.name


class StudyCondition(models.Model):
    """A condition under its printed name in one study."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="conditions")
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=60, validators=[validate_printed_name], help_text="As in the table: SD+auto-DNP.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Row of the table, from 0.")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "printed_name"], name="one_condition_per_printed_name"),
            models.UniqueConstraint(fields=["study", "condition"], name="each_condition_once_in_a_study"),
        ]

    def __str__(self) -> str:
        return self.printed_name


class StudyPromptSet(models.Model):
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
    pairs = models.TextField(blank=True, help_text="One pair a line: the seed, a blank, the prompt.")
    note = models.TextField(blank=True, help_text="Markdown, shown with every trial of this prompt set.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["study", "prompt_set"], name="each_prompt_set_once_in_a_study")]

    def __str__(self) -> str:
        return str(self.prompt_set)


class Criterion(models.Model):
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
