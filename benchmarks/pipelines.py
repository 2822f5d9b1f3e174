"""Rows by the pipelines of diffusers, around the very networks that the sampler uses: latents, without decoding."""

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from diffusers.pipelines.deprecated.stable_diffusion_safe.pipeline_stable_diffusion_safe import StableDiffusionPipelineSafe
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from torch import Tensor

from generation import schedulers
from generation.denoisers.stable_diffusion import StableDiffusion
from generation.sampler import Row

# What the pipelines have a method for; rows of other methods are made by plain guidance, of equal evaluations.
EQUIVALENT = ("cfg", "negative_prompt", "sld")


class LatentsOfSafe(StableDiffusionPipelineSafe):
    """The pipeline without its decoding, which it cannot be told to leave out."""

    def decode_latents(self, latents: Tensor) -> Tensor:
        return latents


class Pipelines:
    """The pipelines, with the scheduler of the rows."""

    def __init__(self, denoiser: StableDiffusion, scheduler: str, evaluations: int) -> None:
        started = schedulers.start(scheduler, denoiser.scheduler_config, evaluations)
        self.plain = _around(StableDiffusionPipeline, denoiser, started)
        self.safe = _around(LatentsOfSafe, denoiser, started)

    def latents(self, rows: Sequence[Row], at_once: int) -> Tensor:
        """The rows' latents in their order; at most so many of one condition in a call."""
        made: dict[int, Tensor] = {}
        for call in calls(rows, at_once):
            made |= zip(call, self._call([rows[index] for index in call]), strict=True)
        return torch.stack([made[index] for index in range(len(rows))])

    def _call(self, rows: Sequence[Row]) -> Tensor:
        settings = rows[0].settings
        pipeline, own = self.plain, {}
        if rows[0].method == "sld":
            pipeline, own = self.safe, _safety(settings)
            pipeline.safety_concept = settings["concept"]
        elif rows[0].method == "negative_prompt":
            own = {"negative_prompt": [settings["negative"]] * len(rows)}
        images: Tensor = pipeline(
            [row.prompt for row in rows],
            guidance_scale=settings["scale"],
            num_inference_steps=rows[0].evaluations,
            generator=[torch.Generator().manual_seed(row.seed) for row in rows],
            output_type="latent",
            **own,
        ).images
        return images


def calls(rows: Sequence[Row], at_once: int) -> Iterator[list[int]]:
    """Which rows a call makes, by index: those of one method together."""
    for method in dict.fromkeys(row.method for row in rows):
        indices = [index for index, row in enumerate(rows) if row.method == method]
        yield from (indices[start : start + at_once] for start in range(0, len(indices), at_once))


def _safety(settings: Any) -> dict[str, Any]:
    """The settings of `sld` as the pipeline calls them."""
    return {
        "sld_guidance_scale": settings["safety_scale"],
        "sld_warmup_steps": settings["warmup"],
        "sld_threshold": settings["threshold"],
        "sld_momentum_scale": settings["momentum_scale"],
        "sld_mom_beta": settings["momentum_decay"],
    }


def _around(kind: Any, denoiser: StableDiffusion, scheduler: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the pipeline of SLD is deprecated; nothing has taken its place
        pipeline = kind(
            vae=denoiser.vae,
            text_encoder=denoiser.text_encoder,
            tokenizer=denoiser.tokenizer,
            unet=denoiser.unet,
            scheduler=scheduler,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline
