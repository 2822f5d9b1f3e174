"""Checkpoints: load once, keep warm, by name, revision and placement."""

import importlib.metadata
import platform
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

from generation.denoisers.latent_diffusion import ONE_BY_ONE, TOGETHER
from generation.denoisers.stable_diffusion import StableDiffusion
from generation.denoisers.stable_diffusion_xl import StableDiffusionXL
from generation.devices import device_of, dtype_of, prepare
from generation.hub import CheckpointNotFound, revision_now, source_of
from generation.pipelines import Pipeline, read_pipeline
from generation.placement import Placement
from generation.warm import Shelf

KEPT_WARM = 2
LIBRARIES = ("torch", "diffusers", "transformers", "safetensors", "numpy", "pillow")
PARTS = ("tokenizer", "text_encoder", "unet", "vae")
PARTS_XL = (*PARTS, "tokenizer_2", "text_encoder_2")

LatentDiffusion: TypeAlias = StableDiffusion | StableDiffusionXL
_Key: TypeAlias = tuple[str, str, Placement]


@dataclass(frozen=True, eq=False, kw_only=True)
class Loaded:
    """A checkpoint in memory, ready to sample from; the safety checker and its feature extractor may be missing."""

    name: str
    revision: str
    placement: Placement
    denoiser: LatentDiffusion
    safety_checker: StableDiffusionSafetyChecker | None
    feature_extractor: Any | None

    @property
    def device(self) -> torch.device:
        return self.denoiser.device

    @property
    def dtype(self) -> torch.dtype:
        return self.denoiser.unet.dtype


_WARM: Shelf[_Key, Loaded] = Shelf(KEPT_WARM)


def load(name: str, revision: str = "", placement: Placement = Placement()) -> Loaded:  # noqa: B008 (frozen)
    """The checkpoint of that name ("bundled", a folder, a file, or a hub name) and revision, placed on a device.

    An empty revision is whatever is there now: the digest of what is on disk stands for it.
    Raises CheckpointNotFound, UnsupportedCheckpoint and UnfitPlacement.
    """
    key = (name, revision_now(name, revision), placement)
    return _WARM.take(key, lambda: _load(*key))


def _load(name: str, revision: str, placement: Placement) -> Loaded:
    device = device_of(placement)
    pipeline = _read(source_of(name), revision, dtype_of(placement, device)).to(device)
    prepare(pipeline.unet, placement)
    return Loaded(
        name=name,
        revision=revision,
        placement=placement,
        denoiser=_denoiser(pipeline, ONE_BY_ONE if placement.vae_slicing else TOGETHER),
        safety_checker=pipeline.components.get("safety_checker"),
        feature_extractor=pipeline.components.get("feature_extractor"),
    )


def _read(source: str, revision: str, dtype: torch.dtype) -> Pipeline:
    try:
        return read_pipeline(source, revision, dtype)
    except OSError as error:
        raise CheckpointNotFound(
            f"{source}{revision and f' at revision {revision}'} could not be loaded; check the name, the revision and the "
            f"connection, or download it and give its folder. ({error})"
        ) from error


def _denoiser(pipeline: Pipeline, decoded_at_once: int) -> LatentDiffusion:
    own: dict[str, Any] = {"scheduler_config": dict(pipeline.scheduler.config), "decoded_at_once": decoded_at_once}
    if not isinstance(pipeline, StableDiffusionXLPipeline):
        return StableDiffusion(**own, **{part: getattr(pipeline, part) for part in PARTS})
    if pipeline.vae.config["force_upcast"] and pipeline.vae.dtype != torch.float32:
        pipeline.vae.to(torch.float32)  # it overflows in float16
    zeros = pipeline.config["force_zeros_for_empty_prompt"]
    return StableDiffusionXL(**own, empty_is_zero=zeros, **{part: getattr(pipeline, part) for part in PARTS_XL})


def library_versions() -> dict[str, str]:
    """The versions of Python and of the libraries that make images, for an image's provenance."""
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in LIBRARIES}}
