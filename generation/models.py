"""Prompts, conditions and the images made of them."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from generation import methods
from generation.seeds import parse_seeds, validate_seeds


class PromptSet(models.Model):
    """A named list of prompts, such as A&E, Human or Hand."""

    name = models.CharField(max_length=60, unique=True)
    source = models.TextField(blank=True, help_text="Where the prompts come from.")

    def __str__(self) -> str:
        return self.name


class Prompt(models.Model):
    """One text to draw."""

    prompt_set = models.ForeignKey(PromptSet, on_delete=models.PROTECT, related_name="prompts")
    text = models.CharField(max_length=500)
    subset = models.CharField(max_length=60, blank=True, help_text="For instance animal-object.")
    entities = models.JSONField(default=list, blank=True, help_text="The phrases that must be seen, as a list.")

    class Meta:
        ordering = ["prompt_set", "pk"]
        constraints = [models.UniqueConstraint(fields=["prompt_set", "text"], name="one_prompt_per_text_and_set")]

    def __str__(self) -> str:
        return self.text


class Checkpoint(models.Model):
    """A base model: a name, a revision, and who screens its images."""

    name = models.CharField(
        max_length=200,
        help_text="“bundled”, a folder in the diffusers format, or a name on the Hugging Face hub.",
    )
    revision = models.CharField(max_length=64, blank=True, help_text="A commit of the hub; empty for a folder.")
    safety_checker = models.CharField(
        max_length=200,
        blank=True,
        help_text="Folder or hub name of the safety checker; empty for the checkpoint's own.",
    )
    unscreened_because = models.CharField(
        max_length=300,
        blank=True,
        help_text="Only to go without any screening: say why, in words. Every table of the images repeats them.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "revision"], name="one_checkpoint_per_name_and_revision")]

    def __str__(self) -> str:
        return f"{self.name}@{self.revision[:8]}" if self.revision else self.name

    def clean(self) -> None:
        if self.safety_checker and self.unscreened_because:
            raise ValidationError("Name a safety checker or say why there is none, not both.")


class Scheduler(models.TextChoices):
    DDIM = "ddim", "DDIM"
    PNDM = "pndm", "PNDM"
    DDPM = "ddpm", "DDPM"


class Condition(models.Model):
    """What a row of a paper's table is: a method, its settings and a checkpoint. Immutable once it has an image."""

    method = models.CharField(max_length=40)
    settings = models.JSONField(default=dict, blank=True, help_text='For instance {"scale": 7.5}; defaults fill the rest.')
    checkpoint = models.ForeignKey(
        Checkpoint, null=True, blank=True, on_delete=models.PROTECT, help_text="Empty only for imported images."
    )
    scheduler = models.CharField(max_length=10, choices=Scheduler, default=Scheduler.DDIM)
    evaluations = models.PositiveSmallIntegerField(default=41, help_text="UNet evaluations of the main chain.")
    size = models.PositiveSmallIntegerField(default=64, help_text="Width and height of the image, in pixels.")
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)

    def __str__(self) -> str:
        said = ", ".join(f"{key}={value}" for key, value in self.settings.items())
        made_with = f" · {self.checkpoint} · {self.get_scheduler_display()} {self.evaluations}" if self.checkpoint else ""
        return f"{self.method}({said}){made_with}"

    def clean(self) -> None:
        """Fill in the method's defaults; raise ValidationError for settings that the method refuses."""
        if self.is_imported != (self.checkpoint is None):
            raise ValidationError({"checkpoint": "Choose a checkpoint; only imported images have none."})
        if not self.is_imported:
            try:
                self.settings = methods.complete(self.method, self.settings)
            except methods.UnknownMethod as error:
                raise ValidationError({"method": str(error)}) from error
            except methods.BadSettings as error:
                raise ValidationError({"settings": error.sentences}) from error
        self.fingerprint = self.compute_fingerprint()
        self._refuse_change_after_first_image()

    def _refuse_change_after_first_image(self) -> None:
        if self.pk and self.images.exists() and Condition.objects.get(pk=self.pk).fingerprint != self.fingerprint:
            raise ValidationError("This condition has images already. Make a new condition instead of changing it.")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)

    @property
    def is_imported(self) -> bool:
        return self.method == methods.IMPORTED

    def compute_fingerprint(self) -> str:
        """The identity of this condition: equal for equal method, settings, checkpoint, size, scheduler, evaluations."""
        identity = [self.method, self.settings, self.scheduler, self.evaluations, self.size]
        if self.checkpoint:
            identity += [self.checkpoint.name, self.checkpoint.revision]
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


class Run(models.Model):
    """Prompts × seeds × conditions, to be made into images."""

    name = models.CharField(max_length=100)
    conditions = models.ManyToManyField(Condition, related_name="runs")
    prompt_sets = models.ManyToManyField(PromptSet, related_name="runs")
    seeds = models.CharField(max_length=500, default="0", validators=[validate_seeds], help_text="For instance 0-3, 17.")
    batch_size = models.PositiveSmallIntegerField(default=16, help_text="Images per Celery task.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    def planned_images(self) -> "models.QuerySet[Image]":
        """The images that this run wants and that have a row, whichever run asked for them first."""
        return Image.objects.filter(
            prompt__prompt_set__in=self.prompt_sets.all(),
            condition__in=self.conditions.all(),
            seed__in=parse_seeds(self.seeds),
        )

    def progress(self) -> dict[str, int]:
        """How many images of this run are in each state; a query, so that it cannot drift."""
        counts = self.planned_images().values_list("state").annotate(count=models.Count("pk"))
        return {**dict.fromkeys(Image.State.values, 0), **dict(counts)}


class BatchQuerySet(models.QuerySet["Batch"]):
    def unfinished(self) -> "BatchQuerySet":
        """Batches that still have queued images."""
        return self.filter(Q(images__state=Image.State.QUEUED)).distinct()

    def free(self, now: datetime) -> "BatchQuerySet":
        """Batches that nobody holds, or whose holder's lease has run out."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now))


class Batch(models.Model):
    """Images that one Celery task makes together; the rows are the queue, a message only means "look"."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="batches")
    holder = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claims = models.PositiveSmallIntegerField(default=0)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"

    def claim(self, holder: str, now: datetime) -> bool:
        """Take this batch if nobody holds it; False if somebody does."""
        until = now + timedelta(seconds=settings.BATCH_LEASE_SECONDS)
        mine = Batch.objects.free(now).filter(pk=self.pk)
        return mine.update(holder=holder, lease_until=until, claims=F("claims") + 1) == 1

    def release(self, holder: str) -> None:
        """Give the batch back, unless another holder has taken it over meanwhile."""
        Batch.objects.filter(pk=self.pk, holder=holder).update(holder="", lease_until=None)


class Image(models.Model):
    """One prompt, one seed, one condition: unique."""

    class State(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FLAGGED = "flagged", "flagged as NSFW"
        FAILED = "failed"

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="images")
    seed = models.PositiveBigIntegerField()
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="images")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="images")
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="images")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    reason = models.TextField(blank=True, help_text="Why it failed.")
    file = models.FileField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    screened_by = models.CharField(max_length=200, blank=True, help_text="The safety checker that saw this image.")
    unscreened_because = models.CharField(max_length=300, blank=True)
    provenance = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prompt", "seed", "condition"], name="one_image_per_prompt_seed_and_condition"),
        ]
        indexes = [models.Index(fields=["state"])]

    def __str__(self) -> str:
        return f"{self.prompt} · seed {self.seed} · {self.condition}"

    def fail(self, reason: str) -> None:
        """Record why this image could not be made."""
        self.state, self.reason, self.finished_at = Image.State.FAILED, reason, timezone.now()
        self.save(update_fields=["state", "reason", "finished_at"])
