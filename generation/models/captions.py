"""Where negatives come from: captions of images, and texts that sources gave for prompts."""

from django.db import models
from django.db.models import Q

from generation import negatives
from generation.models.images import Image
from generation.models.prompts import Prompt


class CaptionQuerySet(models.QuerySet["Caption"]):
    def queued(self) -> "CaptionQuerySet":
        return self.filter(state=Caption.State.QUEUED)

    def failed(self) -> "CaptionQuerySet":
        return self.filter(state=Caption.State.FAILED)

    def retry(self) -> int:
        """Queue the failed ones among these again, for the next plan to put into batches; their number."""
        return self.failed().update(state=Caption.State.QUEUED, reason="", finished_at=None, batch=None)

    def indescribable(self) -> "CaptionQuerySet":
        """Those that say that there is nothing to be described (Desai & Vasconcelos, ECCV 2024, §3)."""
        return self.filter(state=Caption.State.INDESCRIBABLE)


class Caption(models.Model):
    """What one captioner, a model or people, says of one image: unique."""

    class State(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        INDESCRIBABLE = "indescribable", "Cannot be described"
        FAILED = "failed"

    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="captions")
    captioner = models.CharField(max_length=300, help_text="Name and revision, or people: and the name of their study.")
    source = models.JSONField(default=dict, blank=True, help_text="The negative source that it was first asked for.")
    state = models.CharField(max_length=15, choices=State, default=State.QUEUED)
    text = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="Why it failed.")
    batch = models.ForeignKey("generation.Batch", null=True, blank=True, on_delete=models.SET_NULL, related_name="captions")
    provenance = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CaptionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image", "captioner"], name="one_caption_per_image_and_captioner")]
        indexes = [models.Index(fields=["state"])]

    def __str__(self) -> str:
        return self.text or self.get_state_display()

    def images_led_away(self) -> list[Image]:
        """The images whose negative has this caption in it."""
        return _with_part(self.image.prompt.images.filter(seed=self.image.seed), "caption", self.pk)


def _with_part(images: "models.QuerySet[Image]", name: str, pk: int) -> list[Image]:
    """Those whose negative tells of a row. Sought here, not in the database: not every one looks into JSON in the same way."""
    drawn = images.exclude(negatives=[]).select_related("prompt", "condition__checkpoint").order_by("condition", "seed")
    return [image for image in drawn if any(given.get(name) == pk for given in image.negatives)]


class NegativeTextQuerySet(models.QuerySet["NegativeText"]):
    def queued(self) -> "NegativeTextQuerySet":
        return self.filter(state=NegativeText.State.QUEUED)

    def failed(self) -> "NegativeTextQuerySet":
        return self.filter(state=NegativeText.State.FAILED)

    def retry(self) -> int:
        """Queue the failed ones among these again, for the next plan to put into batches; their number."""
        return self.failed().update(state=NegativeText.State.QUEUED, reason="", finished_at=None, batch=None)


class NegativeText(models.Model):
    """What a source gave for a prompt, or for a prompt and seed where that makes a difference: asked or drawn once."""

    class State(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="negative_texts")
    seed = models.PositiveBigIntegerField(null=True, blank=True, help_text="Empty where all seeds have the same text.")
    source = models.JSONField()
    key = models.CharField(max_length=64, editable=False, help_text="Equal for equal sources.")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    text = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="Why it failed.")
    batch = models.ForeignKey(
        "generation.Batch", null=True, blank=True, on_delete=models.SET_NULL, related_name="negative_texts"
    )
    provenance = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = NegativeTextQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "key"], condition=Q(seed=None), name="one_negative_text_per_prompt_and_source"
            ),
            models.UniqueConstraint(
                fields=["prompt", "seed", "key"],
                condition=Q(seed__isnull=False),
                name="one_negative_text_per_prompt_seed_and_source",
            ),
        ]
        indexes = [models.Index(fields=["state"])]

    def __str__(self) -> str:
        return f"{negatives.in_words(self.source)}: {self.text or self.get_state_display()}"

    def images_led_away(self) -> list[Image]:
        """The images whose negative has this text in it."""
        return _with_part(self.prompt.images.all(), "negative_text", self.pk)
