"""Images from their rows to their outcomes: sample, screen."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from generation import methods
from generation.checkpoints import Loaded, library_versions, load
from generation.denoisers.memory import largest_stack
from generation.lease import Lease, LeaseLost
from generation.models import Checkpoint, Image
from generation.safety import SafetyChecker, checker_for
from generation.sampler import Drawn, NotFinite, OnStep, Row, fault_of, sample
from generation.storing import Failed, Made, Screening, said

logger = logging.getLogger(__name__)


def make(images: Sequence[Image], lease: Lease) -> list[Made | Failed]:
    """Make images of one checkpoint and size; a fault becomes the reason of the images that have it.

    Raises only LeaseLost.
    """
    checkpoint = _checkpoint_of(images)
    if fault := checkpoint.revision_fault():
        return [Failed(image, fault) for image in images]
    try:
        with lease.kept():
            loaded = load(checkpoint.name, checkpoint.revision, settings.PLACEMENT)
            checker = None if checkpoint.unscreened_because else checker_for(checkpoint.safety_checker, loaded)
    except LeaseLost:
        raise
    except Exception as error:
        logger.exception("The checkpoint %s cannot be used", checkpoint)
        return [Failed(image, said(error)) for image in images]
    return Workbench(loaded, checker, checkpoint.unscreened_because, lease.keep).make(images)


def _checkpoint_of(images: Sequence[Image]) -> Checkpoint:
    """The one checkpoint that they have in common, as batches are cut."""
    (checkpoint,) = {image.condition.checkpoint for image in images if image.condition.checkpoint}
    return checkpoint


@dataclass(frozen=True)
class Workbench:
    """A loaded checkpoint and who screens its images, or why nobody does."""

    checkpoint: Loaded
    checker: SafetyChecker | None
    unscreened_because: str
    on_step: OnStep

    def make(self, images: Sequence[Image]) -> list[Made | Failed]:
        """Make these images; those that cannot be started fail alone, before the others are sampled together."""
        faults = {image: fault for image in images if (fault := fault_of(self.checkpoint.denoiser, row_of(image)))}
        fit = [image for image in images if image not in faults]
        return [*(Failed(image, said(fault)) for image, fault in faults.items()), *self._make(fit)]

    def _make(self, images: Sequence[Image]) -> list[Made | Failed]:
        """Make these images together, and again without those that overflowed; or one by one if anything else prevents it."""
        if not images:
            return []
        try:
            return list(self._make_together(images))
        except LeaseLost:
            raise
        except NotFinite as error:
            overflowed = [image for image in images if row_of(image) in error.rows]
            failed = [Failed(image, said(NotFinite([row_of(image)]))) for image in overflowed]
            return [*failed, *self._make([image for image in images if image not in overflowed])]
        except Exception as error:
            logger.exception("Could not make %s", ", ".join(str(image) for image in images))
            if len(images) == 1:
                return [Failed(images[0], said(error))]
            return [outcome for image in images for outcome in self._make([image])]

    def _make_together(self, images: Sequence[Image]) -> list[Made]:
        drawn = sample(self.checkpoint.denoiser, [row_of(image) for image in images], self.on_step, self.on_step)
        screenings = screen(self.checker, self.unscreened_because, [one.pixels for one in drawn])
        self.on_step()
        stacked = [image.pk for image in images]
        return [
            Made(image, one.pixels, screening, self._provenance(image, one, stacked))
            for image, one, screening in zip(images, drawn, screenings, strict=True)
        ]

    def _provenance(self, image: Image, drawn: Drawn, stacked: list[int]) -> dict[str, Any]:
        condition = image.condition
        return {
            "method": condition.method,
            "settings": settings_of(image),
            **self._provenance_of_negative(image),
            "entities": image.prompt.entities,
            "checkpoint": self.checkpoint.name,
            "revision": self.checkpoint.revision,
            "scheduler": condition.scheduler,
            "evaluations": condition.evaluations,
            "size": condition.size,
            "device": str(self.checkpoint.device),
            "dtype": str(self.checkpoint.dtype),
            "attention": self.checkpoint.placement.attention,
            "compiled": self.checkpoint.placement.compiled,
            "largest_stack": largest_stack(self.checkpoint.denoiser, self.checkpoint.denoiser.latent_shape(condition.size)),
            "libraries": library_versions(),
            "stacked": stacked,
            "traces": drawn.traces,
        }

    def _provenance_of_negative(self, image: Image) -> dict[str, Any]:
        """What each source gave, and what of it was cut off."""
        if not image.negatives:
            return {}
        return {"negatives": image.negatives, "negative_cut_off": self.checkpoint.denoiser.unread(image.negative)}


def screen(checker: SafetyChecker | None, unscreened_because: str, pixels: Sequence[NDArray[np.uint8]]) -> list[Screening]:
    """What the checker finds in each image, or why there is no checker; pixels of shape (height, width, 3) each."""
    if checker is None:
        return [Screening(unscreened_because=unscreened_because)] * len(pixels)
    return [Screening(flagged=flag, screened_by=checker.name) for flag in checker.flags(pixels)]


def row_of(image: Image) -> Row:
    """An image's row as the sampler takes it."""
    condition = image.condition
    return Row(
        prompt=image.prompt.text,
        seed=image.seed,
        method=condition.method,
        settings=settings_of(image),
        scheduler=condition.scheduler,
        evaluations=condition.evaluations,
        size=condition.size,
        entities=tuple(image.prompt.entities),
    )


def settings_of(image: Image) -> dict[str, Any]:
    """The settings of its method; the negative among them is what its condition's negative sources gave, if it has any."""
    settings: dict[str, Any] = image.condition.settings
    return {**settings, methods.NEGATIVE: image.negative} if image.condition.negative_sources else settings
