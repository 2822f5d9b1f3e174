"""Checkpoints: load once, keep warm, by name and revision."""

import importlib.metadata
import json
import platform
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from huggingface_hub import hf_hub_download

from generation.denoisers.stable_diffusion import StableDiffusion
from generation.hub import INDEX, CheckpointNotFound, source_of

KEPT_WARM = 2
LIBRARIES = ("torch", "diffusers", "transformers", "safetensors", "numpy", "pillow")


class UnsupportedCheckpoint(ValueError):
    """A checkpoint that is no Stable Diffusion 1.x or 2.x."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Loaded:
    """A checkpoint in memory, ready to sample from; the safety checker and its feature extractor may be missing."""

    name: str
    revision: str
    denoiser: StableDiffusion
    safety_checker: StableDiffusionSafetyChecker | None
    feature_extractor: Any | None

    @property
    def device(self) -> torch.device:
        return self.denoiser.device

    @property
    def dtype(self) -> torch.dtype:
        return self.denoiser.unet.dtype


@lru_cache(maxsize=KEPT_WARM)
def load(name: str, revision: str = "") -> Loaded:
    """The checkpoint of that name ("bundled", a folder, or a hub name) and revision, on the GPU if there is one.

    Half precision on a GPU, float32 on a CPU. Only safetensors are read: a checkpoint is weights, never code.
    Raises CheckpointNotFound and UnsupportedCheckpoint.
    """
    source = source_of(name)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = torch.float16 if device.type == "cuda" else torch.float32
    try:
        _require_stable_diffusion(source, revision)
        pipeline = StableDiffusionPipeline.from_pretrained(
            source, revision=revision or None, dtype=dtype, use_safetensors=True
        ).to(device)
    except OSError as error:
        raise CheckpointNotFound(
            f"{source}{revision and f' at revision {revision}'} could not be loaded; check the name, the revision and the "
            f"connection, or download it and give its folder. ({error})"
        ) from error
    parts = pipeline.components
    denoiser = StableDiffusion(
        scheduler_config=dict(pipeline.scheduler.config),
        **{part: parts[part] for part in ("tokenizer", "text_encoder", "unet", "vae")},
    )
    return Loaded(
        name=name,
        revision=revision,
        denoiser=denoiser,
        safety_checker=parts["safety_checker"],
        feature_extractor=parts["feature_extractor"],
    )


def _require_stable_diffusion(source: str, revision: str) -> None:
    folder = Path(source)
    index = folder / INDEX if folder.is_dir() else hf_hub_download(source, INDEX, revision=revision or None)
    made_for = json.loads(Path(index).read_text()).get("_class_name")
    if made_for != StableDiffusionPipeline.__name__:
        raise UnsupportedCheckpoint(f"{source} is a {made_for}; choose a Stable Diffusion 1.x or 2.x checkpoint.")


def library_versions() -> dict[str, str]:
    """The versions of Python and of the libraries that make images, for an image's provenance."""
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in LIBRARIES}}
