"""How images are made: conditions give a checkpoint a method, its settings, and where its negative comes from."""

import hashlib
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, StepValueValidator
from django.db import IntegrityError, models, transaction

from generation import methods, negatives
from generation.evaluations import UnfitEvaluations, require_fit
from generation.models import condition_sources
from generation.models.checkpoints import Checkpoint


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
        try:
            with transaction.atomic():
                condition.save()
        except (IntegrityError, ValidationError):
            if same := self.filter(fingerprint=condition.fingerprint).first():  # somebody was quicker
                return same
            raise
        return condition

    def with_sources(self) -> "ConditionQuerySet":
        """Those whose negatives come from negative sources."""
        return self.exclude(negative_sources=[])


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
        if self.is_imported and self.negative_sources:
            raise ValidationError({"negative_sources": "Imported images have no negative from elsewhere; leave this empty."})
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
    def sources_of_dns_images(self) -> list[negatives.Source]:
        """Those of its negative sources that look at diffusion-negative images."""
        return [source for source in self.negative_sources if source["source"] in negatives.OF_DNS_IMAGES]

    def dns_fields(self, source: negatives.Source) -> dict[str, Any]:
        """The fields of the condition whose images this source looks at: the same chain, but away from the prompt."""
        settings = methods.complete("dns", {"scale": source["dns_scale"]})
        chain = {"scheduler": self.scheduler, "evaluations": self.evaluations, "size": self.size}
        return {"method": "dns", "settings": settings, "checkpoint": self.checkpoint, **chain}

    def dns_fingerprint(self, source: negatives.Source) -> str:
        """The fingerprint of that condition, whether there is one yet or not."""
        return Condition(**self.dns_fields(source)).compute_fingerprint()

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
