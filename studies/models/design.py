"""The parts of a study's design: conditions under their printed names, prompt sets, criteria, quiz, examples."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from generation.models import Condition, PromptSet
from generation.seeds import validate_seeds
from studies.errors import DesignFrozen
from studies.models.study import Study, new_token, validate_printed_name
from studies.pairs import validate_pairs


class PartOfDesign(models.Model):
    """What belongs to a study's design: frozen once the study is published."""

    study: "models.ForeignKey[Study, Study]"

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_if_frozen()
        super().save(*args, **kwargs)

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_if_frozen()
        return super().delete(*args, **kwargs)

    def _refuse_if_frozen(self) -> None:
        """Ask the database: the study at hand may have been read before it was published."""
        stored = Study.objects.select_for_update().filter(pk=self.study.pk).values("state").first()
        if stored and stored["state"] != Study.State.DRAFT:
            raise DesignFrozen(f"“{self.study}” is published; its design cannot change. Make a new study instead.")


class StudyCondition(PartOfDesign):
    """A condition under its printed name in one study."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="conditions")
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="+")
    printed_name = models.CharField(
        max_length=60, validators=[validate_printed_name], help_text="As in the table: SD+auto-DNP."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Row of the table, from 0.")
    is_baseline = models.BooleanField("baseline", default=False, help_text="What the others are compared with.")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study"], condition=Q(is_baseline=True), name="one_baseline_per_study"),
            models.UniqueConstraint(fields=["study", "printed_name"], name="one_condition_per_printed_name"),
            models.UniqueConstraint(fields=["study", "condition"], name="each_condition_once_in_a_study"),
        ]

    def __str__(self) -> str:
        return self.printed_name

    def clean(self) -> None:
        """Raise ValidationError for images that are not meant for voters; people may describe them."""
        if self.condition_id and self.condition.is_intermediate and not self.study.is_captioning:
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
    has_gold_answer = models.BooleanField(
        "judged by gold trials", default=False, help_text="Whether an image of another prompt is a wrong answer to it."
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "criteria"
        constraints = [models.UniqueConstraint(fields=["study", "name"], name="one_criterion_per_name")]

    def __str__(self) -> str:
        return self.name


def criteria_asked(study: Study) -> tuple[Criterion, ...]:
    """A study's criteria; those of a published one from memory where they were read before, as its design is frozen."""
    return tuple(study.criteria.all()) if study.is_draft else _kept_criteria(study.pk, study.token, study.published_at)


@lru_cache(maxsize=100)
def _kept_criteria(pk: int, _token: str, _published_at: datetime | None) -> tuple[Criterion, ...]:
    """By key, token and time: another database may have another study under the same key."""
    return tuple(Criterion.objects.filter(study=pk))


class QuizQuestion(PartOfDesign):
    """What a worker must have understood before the first trial."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="quiz_questions")
    question = models.CharField(max_length=300)
    choices = models.TextField(help_text="One a line.")
    answer = models.PositiveSmallIntegerField(default=1, help_text="The line of the right choice, from 1.")
    explanation = models.CharField(max_length=300, blank=True, help_text="Shown after a wrong choice.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.question

    @property
    def options(self) -> list[str]:
        return [line.strip() for line in self.choices.splitlines() if line.strip()]

    def clean(self) -> None:
        if len(self.options) < 2:
            raise ValidationError({"choices": "Write at least two choices, one a line."})
        if not 1 <= self.answer <= len(self.options):
            raise ValidationError({"answer": f"The right choice is a line from 1 to {len(self.options)}."})


class Example(PartOfDesign):
    """An image shown with the instructions, re-encoded when it was uploaded."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="examples")
    file = models.FileField(upload_to="examples")
    caption = models.CharField(max_length=300, help_text="What it shows, and why it is right or wrong.")
    position = models.PositiveSmallIntegerField(default=0)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.caption
