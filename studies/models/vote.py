"""What a worker says of a trial: its votes, or that an image is broken."""

from django.db import models
from django.db.models import Q

from studies.models.design import Criterion, StudyCondition


class Vote(models.Model):
    """One answer to one criterion of one trial: a condition, or no clear winner (a value, never null in an export)."""

    trial = models.ForeignKey("studies.Trial", on_delete=models.PROTECT, related_name="votes")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="votes")
    no_clear_winner = models.BooleanField(default=False)
    condition = models.ForeignKey(StudyCondition, null=True, blank=True, on_delete=models.PROTECT, related_name="votes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "criterion"], name="one_vote_per_trial_and_criterion"),
            models.CheckConstraint(
                condition=Q(no_clear_winner=True, condition=None) | Q(no_clear_winner=False, condition__isnull=False),
                name="a_condition_or_no_clear_winner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial} · {self.criterion}"


class Report(models.Model):
    """A worker's word that an image of a trial cannot be judged."""

    trial = models.OneToOneField("studies.Trial", on_delete=models.CASCADE, related_name="report")
    text = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.trial}: {self.text or 'broken'}"
