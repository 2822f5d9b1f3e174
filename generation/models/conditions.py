"""How images are made: checkpoints, and conditions that give them a method and its settings."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, StepValueValidator
from django.db import models

from generation import hub, methods, negatives
from generation.digests import INDEX, PREFIX
from generation.evaluations import UnfitEvaluations, require_fit
from generation.models import condition_sources


class Checkpoint(models.Model):
    """A base model: a name, a revision, and who screens its images."""

    name = models.CharField(
        max_length=200,
        help_text="“bundled”, a folder in the diffusers format, a .safetensors file, or a name on the Hugging Face hub.",
    )
    revision = models.CharField(
        max_length=64,
        blank=True,
        help_text="Of the hub: a commit, or a branch or tag to be resolved to one now. "
        "Leave it empty for what is on disk: its content is the revision.",
    )
    safety_checker = models.CharField(
        max_length=200,
        blank=True,
        help_text="Folder or hub name of the safety checker; empty for the checkpoint's own.",
    )
    unscreened_because = models.CharField(
        max_length=300,
        blank=True,
        help_text="Only to go without any screening: say why. Every table of the images repeats these words.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "revision"], name="one_checkpoint_per_name_and_revision")]

    def __str__(self) -> str:
        return f"{self.name}@{self.revision.removeprefix(PREFIX)[:8]}" if self.revision else self.name

    def clean(self) -> None:
        """Resolve the revision to a commit or a digest; raise ValidationError for what cannot be or may not change."""
        if self.safety_checker and self.unscreened_because:
            raise ValidationError("Name a safety checker or say why there is none, not both.")
        if not self.has_conditions:
            self._resolve_revision()
        elif not Checkpoint.objects.filter(pk=self.pk, name=self.name, revision=self.revision).exists():
            raise ValidationError("Conditions use this checkpoint. Add another one instead of changing its name or revision.")

    def _resolve_revision(self) -> None:
        try:
            self.revision = hub.resolve_revision(self.name, self.revision)
        except hub.CheckpointNotFound as error:
            raise ValidationError(str(error)) from error

    @property
    def has_conditions(self) -> bool:
        return self.pk is not None and self.condition_set.exists()

    def screening_fault(self) -> str:
        """Why the images of this checkpoint could not be screened, as far as it can be known without loading it; or empty."""
        if self.safety_checker or self.unscreened_because:
            return ""
        try:
            source = Path(hub.source_of(self.name))
        except hub.CheckpointNotFound as error:
            return str(error)
        if source.exists() and not _has_safety_checker(source):
            return f"The checkpoint {self} has no safety checker: name one in it, or say there in words why there is none."
        return ""

    def revision_fault(self) -> str:
        """Why no more images may be drawn: it was added without a revision, and had other content on disk; or empty."""
        if self.revision or not (drawn := self._drawn_revisions()):
            return ""
        try:
            now = hub.revision_now(self.name, self.revision)
        except hub.CheckpointNotFound as error:
            return str(error)
        if drawn == {now}:
            return ""
        return f"“{self.name}” was added before its content had a revision; add the checkpoint again, and its conditions."

    def _drawn_revisions(self) -> set[str]:
        """The revisions that its images tell; empty ones of images that were made before there were digests."""
        drawn = self.condition_set.filter(images__provenance__has_key="revision")
        return set(drawn.values_list("images__provenance__revision", flat=True).distinct())


def _has_safety_checker(source: Path) -> bool:
    """Whether a folder lists a safety checker; a single file of weights never has one."""
    return source.is_dir() and any(json.loads((source / INDEX).read_text()).get("safety_checker", ()))


class Scheduler(models.TextChoices):
    DDIM = "ddim", "DDIM"
    PNDM = "pndm", "PNDM"
    DDPM = "ddpm", "DDPM"
    DDPM_LARGE = "ddpm_large", "DDPM, noise of variance 1 − α"
    EULER = "euler", "Euler"
    DPMPP = "dpmpp", "DPM-Solver++"


class ConditionQuerySet(models.QuerySet["Condition"]):
    def ensure(self, **fields: Any) -> "Condition":
        """The condition with these fields, made if there is none. Raises ValidationError as Condition.clean does."""
        condition = Condition(**fields)
        condition.complete()
        if same := self.filter(fingerprint=condition.fingerprint).first():
            return same
        condition.save()
        return condition


class Condition(models.Model):
    """What a row of a paper's table is: a method, its settings and a checkpoint. Immutable once it has an image."""

    method = models.CharField(max_length=40)
    settings = models.JSONField(default=dict, blank=True, help_text='For instance {"scale": 7.5}; defaults fill the rest.')
    negative_sources = models.JSONField(
        default=list,
        blank=True,
        help_text="Where the negative comes from, in the place of the setting “negative”: "
        'for instance [{"source": "standard"}, {"source": "auto_dnp"}].',
    )
    checkpoint = models.ForeignKey(
        Checkpoint, null=True, blank=True, on_delete=models.PROTECT, help_text="Empty only for imported images."
    )
    scheduler = models.CharField(max_length=10, choices=Scheduler, default=Scheduler.DDIM)
    evaluations = models.PositiveSmallIntegerField(default=41, help_text="UNet evaluations of the main chain.")
    size = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(8), MaxValueValidator(2048), StepValueValidator(8)],
        help_text="Width and height of the image, in pixels: "
        "64 for the bundled model, 512 for Stable Diffusion 1.x, 768 for Stable Diffusion 2.x at 768, 1024 for SDXL.",
    )
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)

    objects = ConditionQuerySet.as_manager()

    def __str__(self) -> str:
        if self.is_imported:
            return f"imported: {self.settings.get('name', '')}"
        said = ", ".join(f"{key}={value}" for key, value in self.settings.items())
        if self.negative_sources:
            said = f"{said}, negative: {' + '.join(map(negatives.in_words, self.negative_sources))}"
        drawn = f"{self.get_scheduler_display()} {self.evaluations} · {self.size}×{self.size}"
        return f"{self.method}({said}) · {self.checkpoint} · {drawn}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Fill in the method's defaults; raise ValidationError for what the method, or another condition, refuses."""
        self.complete()
        if Condition.objects.filter(fingerprint=self.fingerprint).exclude(pk=self.pk).exists():
            raise ValidationError("There is such a condition already; use that one.")
        if self.has_images and Condition.objects.get(pk=self.pk).fingerprint != self.fingerprint:
            raise ValidationError("This condition has images already. Make a new condition instead of changing it.")

    def complete(self) -> None:
        """Fill in the method's default settings and the fingerprint. Raises ValidationError for what no worker could make."""
        if self.is_imported != (self.checkpoint is None):
            raise ValidationError({"checkpoint": "Choose a checkpoint; only imported images have none."})
        if self.is_imported:
            self.size = 0  # each imported image has its own
        else:
            self._complete_settings()
            self._require_evaluations()
        self.fingerprint = self.compute_fingerprint()

    def _complete_settings(self) -> None:
        try:
            self.negative_sources = condition_sources.asked(self.method, self.negative_sources)
            condition_sources.refuse_unfit(self.method, self.negative_sources, self.settings)
            self.settings = self._completed({} if self.settings is None else self.settings)
        except methods.UnknownMethod as error:
            raise ValidationError({"method": str(error)}) from error
        except methods.BadSettings as error:
            raise ValidationError({"settings": error.sentences}) from error
        scale = methods.guidance_scale_of(self.method, self.settings)
        self.negative_sources = condition_sources.completed(self.negative_sources, scale)
        self._require_scheduler()

    def _completed(self, given: Any) -> dict[str, Any]:
        """The method's settings; without the negative where it has sources, as the schema is told of one meanwhile."""
        if not self.negative_sources or not isinstance(given, dict):
            return methods.complete(self.method, given)
        settings = methods.complete(self.method, {**given, methods.NEGATIVE: ""})
        del settings[methods.NEGATIVE]
        return settings

    def _require_scheduler(self) -> None:
        try:
            methods.require_fit(self.method, self.scheduler)
        except methods.UnfitScheduler as error:
            raise ValidationError({"scheduler": str(error)}) from error

    def _require_evaluations(self) -> None:
        try:
            require_fit(self.scheduler, self.evaluations)
        except UnfitEvaluations as error:
            raise ValidationError({"evaluations": str(error)}) from error

    @property
    def is_imported(self) -> bool:
        return self.method == methods.IMPORTED

    @property
    def is_intermediate(self) -> bool:
        """Whether its images are a means for other methods, never to be shown to voters."""
        return not self.is_imported and methods.find(self.method).is_intermediate

    @property
    def has_images(self) -> bool:
        return self.pk is not None and self.images.exists()

    def compute_fingerprint(self) -> str:
        """The identity of this condition: equal for equal method, settings, checkpoint, size, scheduler, evaluations.

        Imported images say nothing of how they were made, so that their condition is its name alone.
        """
        identity = [self.method, self.settings]
        if self.negative_sources:
            identity.append(self.negative_sources)
        if self.checkpoint:
            identity += [self.scheduler, self.evaluations, self.size, self.checkpoint.name, self.checkpoint.revision]
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
