"""Screening: a Stable Diffusion safety checker tells which images are flagged as NSFW. It changes no image."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import EntryNotFoundError, HFValidationError
from numpy.typing import NDArray
from transformers import CLIPImageProcessor

from generation import hub
from generation.checkpoints import Loaded
from generation.devices import device_of
from generation.placement import Placement

CHECKER, EXTRACTOR = "safety_checker", "feature_extractor"

# It warns of black images "returned instead", which nobody gets here.
logging.getLogger(StableDiffusionSafetyChecker.__module__).setLevel(logging.ERROR)


class NoSafetyChecker(LookupError):
    """There is nobody to screen the images."""


@dataclass(frozen=True, eq=False)
class SafetyChecker:
    """A safety checker and the feature extractor that prepares images for it."""

    name: str
    model: StableDiffusionSafetyChecker
    extractor: Any

    @torch.no_grad()
    def flags(self, images: Sequence[NDArray[np.uint8]]) -> list[bool]:
        """Whether each image, of shape (height, width, 3), is flagged."""
        inputs = self.extractor(images=list(images), return_tensors="pt").pixel_values
        # The model blackens what it flags, in the list that it is given: a list of its own.
        _, flagged = self.model(clip_input=inputs.to(self.model.device, self.model.dtype), images=list(images))
        return [bool(flag) for flag in flagged]


def checker_for(name: str, checkpoint: Loaded) -> SafetyChecker:
    """The safety checker of that name ("bundled", a folder or a hub name); for an empty name, the checkpoint's own.

    Only safetensors are read: a checker is weights, never code.
    Raises NoSafetyChecker.
    """
    if name:
        return _load(name, checkpoint.device)
    if checkpoint.safety_checker is None or checkpoint.feature_extractor is None:
        raise NoSafetyChecker(
            f"The checkpoint {checkpoint.name} has no safety checker: name one in its settings (for instance "
            f"CompVis/stable-diffusion-v1-4), or say there in words why its images go unscreened."
        )
    return SafetyChecker(checkpoint.name, checkpoint.safety_checker, checkpoint.feature_extractor)


def checker_named(name: str, placement: Placement) -> SafetyChecker:
    """The safety checker of that name, for images that no checkpoint here made. Raises NoSafetyChecker, UnfitPlacement."""
    return _load(name, device_of(placement))


@lru_cache(maxsize=2)
def _load(name: str, device: torch.device) -> SafetyChecker:
    source = str(hub.BUNDLED_FOLDER) if name == hub.BUNDLED else name
    try:
        in_pipeline = _holds(source, f"{CHECKER}/config.json")
        model: Any = StableDiffusionSafetyChecker.from_pretrained(
            source, subfolder=CHECKER if in_pipeline else "", dtype=torch.float32, use_safetensors=True
        )
        extractor = CLIPImageProcessor.from_pretrained(source, subfolder=EXTRACTOR if in_pipeline else "")
    except (OSError, HFValidationError) as error:
        raise NoSafetyChecker(
            f"No safety checker could be loaded from {source}: name a folder or a hub model that holds {CHECKER}/ and "
            f"{EXTRACTOR}/, or both their files itself, with weights in safetensors. ({error})"
        ) from error
    return SafetyChecker(name, model.to(device).eval(), extractor)


def _holds(source: str, file: str) -> bool:
    """Whether the folder or hub model has this file; otherwise it is a bare safety checker, not a whole pipeline."""
    if Path(source).is_dir():
        return (Path(source) / file).is_file()
    try:
        hf_hub_download(source, file)
    except EntryNotFoundError:
        return False
    return True
