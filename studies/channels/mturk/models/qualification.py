"""Qualifications of our own: who took part in a study, and who passed its quiz."""

from django.db import models

from studies.models import Study


class Qualification(models.Model):
    """A qualification type of this site's, made there when it is first needed."""

    class Kind(models.TextChoices):
        TOOK_PART = "took part"
        PASSED_QUIZ = "passed quiz"

    environment_name = models.CharField(max_length=10)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    type_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment_name", "study", "kind"], name="one_type_per_study_and_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """As workers see it; unique on the account, as Mechanical Turk asks."""
        said = {self.Kind.TOOK_PART: "Took part in an image study", self.Kind.PASSED_QUIZ: "Passed the quiz of an image study"}
        return f"{said[self.Kind(self.kind)]} ({self.study.token})"
