"""What publishing makes of a study: comparisons with their images, places for votes, and the pairs dropped."""

from django.db import models
from django.db.models import Q

from generation.models import Image, Prompt
from studies.models.design import StudyCondition
from studies.models.study import Study


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def wanted(self) -> "ComparisonQuerySet":
        """The comparisons that the study asks about, without those that only check workers."""
        return self.filter(kind=Comparison.Kind.VOTE)


class Comparison(models.Model):
    """One prompt and seed of a study, with the images shown together.

    A gold comparison shows the image of its prompt for `gold_answer` and images of another prompt for the other conditions,
    so that its right answer is known by construction.
    """

    class Kind(models.TextChoices):
        VOTE = "vote"
        GOLD = "gold"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="comparisons")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    seed = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.VOTE)
    together = models.CharField(max_length=20, help_text="Rows of the table that are shown together: 0,1.")
    gold_answer = models.ForeignKey(StudyCondition, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "prompt", "seed", "kind", "together"], name="one_comparison_per_prompt_seed_and_conditions"
            ),
            models.CheckConstraint(
                condition=Q(kind="gold", gold_answer__isnull=False) | Q(kind="vote", gold_answer=None),
                name="gold_comparisons_alone_have_an_answer",
            ),
        ]

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
        return self.filter(study=study, rehearsal=rehearsal)

    def free(self) -> "PlaceQuerySet":
        """Places that no open or answered trial holds."""
        return self.filter(free=True)

    def wanted(self) -> "PlaceQuerySet":
        """The places that the study asked for."""
        return self.filter(extra=False)


class Place(models.Model):
    """Room for one worker's votes on one comparison, with the shown order of its conditions.

    `free` repeats what the trials say, and changes in the same transaction as they do: with it the next free places of a
    large study are one short walk along an index. That no place is given twice does not hang on it, but on the trials'
    constraints.
    """

    # The study without an index of its own: of a large study's places only the ones below are ever looked for.
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="places", db_index=False)
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="places")
    rehearsal = models.BooleanField(default=False)
    number = models.PositiveSmallIntegerField()
    shown = models.JSONField(help_text="Primary keys of the study's conditions, Image 1 first.")
    rank = models.PositiveIntegerField(help_text="Order of allocation: fewest votes first, prompt sets interleaved.")
    free = models.BooleanField(default=True)
    reserved_for = models.CharField(max_length=40, blank=True, help_text="The channel that alone may fill it; empty: any.")
    extra = models.BooleanField(
        default=False, help_text="Made because a channel sent a worker while answers to be confirmed held all other places."
    )

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comparison", "rehearsal", "number"], name="one_place_per_number")]
        # A boolean in the condition of an index and not among its columns: “NOT rehearsal” is no equality to a database.
        indexes = [
            models.Index(
                fields=["study", "reserved_for", "rank"], condition=Q(free=True, rehearsal=False), name="free_places_by_rank"
            ),
            models.Index(
                fields=["study", "reserved_for", "rank"], condition=Q(free=True, rehearsal=True), name="free_rehearsals_by_rank"
            ),
            models.Index(fields=["comparison", "rank"], condition=Q(free=True), name="free_places_of_a_comparison"),
            # What pages count; each place is in one of them, unless it was added as an extra one.
            models.Index(fields=["study"], condition=Q(extra=False, rehearsal=False), name="wanted_places"),
            models.Index(fields=["study"], condition=Q(extra=False, rehearsal=True), name="wanted_rehearsals"),
        ]

    def __str__(self) -> str:
        return f"{self.comparison} · place {self.number}"
