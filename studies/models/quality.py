"""How a study checks its workers' votes, whom it suspects, and whom its researcher excludes."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from studies.models.design import PartOfDesign
from studies.models.study import Study
from studies.models.worker import Worker

MOST_CHECKS = 50


def _share(words: str) -> "models.PositiveSmallIntegerField[int, int]":
    return models.PositiveSmallIntegerField(
        f"{words} (%)",
        default=0,
        validators=[MaxValueValidator(MOST_CHECKS)],
        help_text="Of a session's trials, added to them.",
    )


def _threshold(words: str) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    return models.PositiveSmallIntegerField(
        words, null=True, blank=True, validators=[MaxValueValidator(100)], help_text="Empty: no such rule."
    )


class QualityPlan(PartOfDesign):
    """Checks hidden among the trials, in per cent, and the rules that flag a worker."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="quality_plan")
    gold_share = _share("gold trials")
    repeat_share = _share("repeats")
    attention_share = _share("attention checks")
    gold_accuracy = _threshold("flag below this gold accuracy (%)")
    attention_accuracy = _threshold("flag below this share of attention checks passed (%)")
    repeat_consistency = _threshold("flag below this repeat consistency (%)")
    fastest_seconds = _threshold("flag below this median time of a trial (s)")
    same_position = _threshold("flag above this share of one position (%)")
    ties = _threshold("flag above this share of no clear winner (%)")
    fewest_trials = models.PositiveSmallIntegerField(
        "trials to judge on", default=5, validators=[MinValueValidator(1)], help_text="Nobody is flagged on fewer."
    )

    def __str__(self) -> str:
        return f"Checks of {self.study}"

    def clean(self) -> None:
        if self.gold_share + self.repeat_share + self.attention_share > MOST_CHECKS:
            raise ValidationError(f"Checks may not be more than {MOST_CHECKS} % of a session together.")

    def gold_trials(self, trials: int) -> int:
        """How many gold trials go with that many real ones."""
        return _rounded(self.gold_share * trials)

    def repeats(self, trials: int) -> int:
        """How many repeats go with that many real trials."""
        return _rounded(self.repeat_share * trials)

    def attention_checks(self, trials: int) -> int:
        """How many attention checks go with that many real trials."""
        return _rounded(self.attention_share * trials)


def _rounded(hundredths: int) -> int:
    return (hundredths + 50) // 100


class Flag(models.Model):
    """A worker who broke a rule: for the researcher to look at, nothing more."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="flags")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="flags")
    rule = models.CharField(max_length=40)
    value = models.FloatField()
    threshold = models.FloatField()
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "worker", "rule"], name="one_flag_per_worker_and_rule")]

    def __str__(self) -> str:
        return f"{self.worker}: {self.rule}"


class ExclusionQuerySet(models.QuerySet["Exclusion"]):
    def in_force(self) -> "ExclusionQuerySet":
        return self.filter(lifted_at=None)


class Exclusion(models.Model):
    """A researcher's decision that a worker's votes do not count in a study; it can be lifted."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="exclusions")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="exclusions")
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "worker"], condition=Q(lifted_at=None), name="one_exclusion_in_force_per_worker"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker}: {self.reason}"
