"""What is made: images, each of one prompt, one seed and one condition."""

import hashlib

from django.db import models

from generation.models.conditions import Condition
from generation.models.prompts import Prompt


class DamagedFile(OSError):
    """A file that is not what was stored."""


class ImageQuerySet(models.QuerySet["Image"]):
    def queued(self) -> "ImageQuerySet":
        return self.filter(state=Image.State.QUEUED)

    def failed(self) -> "ImageQuerySet":
        return self.filter(state=Image.State.FAILED)

    def reasons(self) -> list[tuple[str, int]]:
        """Why images among these failed, and how many for each reason, the most frequent first."""
        return list(self.failed().values_list("reason").annotate(count=models.Count("pk")).order_by("-count", "reason"))

    def waiting(self) -> "ImageQuerySet":
        return self.filter(state=Image.State.WAITING)

    def retry(self) -> int:
        """Queue the failed images among these again, for the next plan to put into batches; their number.

        Those whose negative is not there yet wait for it again.
        """
        again = {"reason": "", "finished_at": None, "batch": None}
        without_negative = self.failed().filter(negatives=[], condition__in=Condition.objects.with_sources())
        waiting = without_negative.update(state=Image.State.WAITING, **again)
        return waiting + self.failed().update(state=Image.State.QUEUED, **again)


class Image(models.Model):
    """One prompt, one seed, one condition: unique."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for its negative"
        QUEUED = "queued"
        DONE = "done"
        FLAGGED = "flagged", "Flagged as NSFW"
        FAILED = "failed"

    # Without indexes of their own where a longer one of Meta begins with them.
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="images", db_index=False)
    seed = models.PositiveBigIntegerField()
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="images", db_index=False)
    run = models.ForeignKey(
        "generation.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="images", db_index=False
    )
    batch = models.ForeignKey("generation.Batch", null=True, blank=True, on_delete=models.SET_NULL, related_name="images")
    negatives = models.JSONField(
        default=list, blank=True, help_text="What each negative source of its condition gave, once all have: texts and rows."
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    reason = models.TextField(blank=True, help_text="Why it failed.")
    file = models.FileField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    screened_by = models.CharField(max_length=200, blank=True, help_text="The safety checker that saw this image.")
    unscreened_because = models.CharField(max_length=300, blank=True)
    provenance = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prompt", "seed", "condition"], name="one_image_per_prompt_seed_and_condition"),
        ]
        indexes = [
            # What is listed and counted by state, condition or run, in the order of the lists.
            models.Index(fields=["state", "condition", "prompt", "seed"], name="images_by_state"),
            models.Index(fields=["condition", "prompt", "seed"], name="images_by_condition"),
            models.Index(fields=["run", "prompt", "seed", "condition"], name="images_by_run"),
            models.Index(
                fields=["state", "finished_at"], condition=models.Q(finished_at__isnull=False), name="images_by_finish"
            ),
            models.Index(fields=["state", "condition"], condition=models.Q(batch=None), name="images_without_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt} · seed {self.seed} · {self.condition}"

    def content(self) -> bytes:
        """Its file's bytes. Raises DamagedFile unless they are those that were stored, OSError."""
        with self.file.open() as file:
            content = bytes(file.read())
        if self.sha256 and hashlib.sha256(content).hexdigest() != self.sha256:
            raise DamagedFile(f"{self.file.name} is not what was stored: its SHA-256 is not that of its row. Make it again.")
        return content

    @property
    def negative(self) -> str:
        """The text that it is led away from, as its condition's negative sources gave it; empty if they gave none."""
        return ", ".join(given["text"] for given in self.negatives if given["text"])
