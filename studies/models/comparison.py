"""What publishing makes of a study: comparisons with their images, places for votes, and the pairs dropped."""

from django.db import models

from generation.models import Image, Prompt
from studies.models.study import Study, StudyCondition


class Comparison(models.Model):
    """One prompt and seed of a study, with the images shown together."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="comparisons")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    seed = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "prompt", "seed"], name="one_comparison_per_prompt_and_seed")]

    def __str__(self) -> str:
        return f"{self.prompt} · seed {self.seed}"


class ComparisonImage(models.Model):
    """A condition's image in a comparison, re-encoded once at publishing: PNG, common size, no metadata."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="images")
    condition = models.ForeignKey(StudyCondition, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="+")
    file = models.FileField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comparison", "condition"], name="one_image_per_comparison_and_condition")
        ]

    def __str__(self) -> str:
        return f"{self.comparison} · {self.condition}"


class Drop(models.Model):
    """A flagged image that took its prompt–seed out of the study for all conditions (Desai & Vasconcelos 2024, §2.3)."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="drops")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    seed = models.PositiveBigIntegerField()
    condition = models.ForeignKey(StudyCondition, on_delete=models.PROTECT, related_name="drops")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "prompt", "seed", "condition"], name="one_drop_per_flagged_image"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt} · seed {self.seed} · {self.condition}"


class PlaceQuerySet(models.QuerySet["Place"]):
    def of(self, study: Study, *, rehearsal: bool) -> "PlaceQuerySet":
        """A study's places for real votes, or those for its rehearsal."""
        return self.filter(comparison__study=study, rehearsal=rehearsal)


class Place(models.Model):
    """Room for one worker's votes on one comparison, with the shown order of its conditions."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="places")
    rehearsal = models.BooleanField(default=False)
    number = models.PositiveSmallIntegerField()
    shown = models.JSONField(help_text="Primary keys of the study's conditions, Image 1 first.")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comparison", "rehearsal", "number"], name="one_place_per_number")]

    def __str__(self) -> str:
        return f"{self.comparison} · place {self.number}"
