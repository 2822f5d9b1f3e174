"""Reading a checkpoint from the hub, a folder or a single file, as one of diffusers' pipelines.

Only safetensors are read: a checkpoint is weights, never code.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import torch
from diffusers.loaders.single_file_utils import SingleFileComponentError
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.utils import logging as diffusers_logging
from huggingface_hub import hf_hub_download
from safetensors import SafetensorError, safe_open

from generation.denoisers.latent_diffusion import EPSILON, VELOCITY
from generation.digests import INDEX, configuration_of

Pipeline: TypeAlias = Any  # diffusers' pipelines have their parts as attributes that no type tells

FAMILIES = "Stable Diffusion 1.x, 2.x or XL"
PIPELINES: dict[str, Any] = {kind.__name__: kind for kind in (StableDiffusionPipeline, StableDiffusionXLPipeline)}
LIBRARIES = {"diffusers", "transformers", "stable_diffusion"}  # the last is diffusers' own, and has the safety checker
WEIGHTS = (".bin", ".ckpt", ".h5", ".index.json", ".msgpack", ".onnx", ".pkl", ".pt", ".pth", ".safetensors")
LEAST_SIGNAL = 1e-6  # of ᾱ_T: families of Stable Diffusion end at .0047; those of zero terminal SNR at 0

# How the weights of a family's text encoder are named in a single file, and whose configuration fits all of that family.
# There is none for SD 2.x: its files do not tell whether the UNet predicts ε or v.
CONFIGURATIONS = {
    "cond_stage_model.transformer.": "stable-diffusion-v1-5/stable-diffusion-v1-5",
    "conditioner.embedders.1.": "stabilityai/stable-diffusion-xl-base-1.0",
}


class UnsupportedCheckpoint(ValueError):
    """A checkpoint that cannot be sampled from."""


def read_pipeline(source: str, revision: str, dtype: torch.dtype) -> Pipeline:
    """The pipeline of diffusers in a folder, in a file, or at a commit of the hub.

    Raises OSError for what cannot be read or reached, and UnsupportedCheckpoint.
    """
    diffusers_logging.disable_progress_bar()  # whose every step would be a warning in a worker's log
    path = Path(source)
    if path.is_file():
        pipeline = _from_file(path, dtype)
    elif path.is_dir():
        pipeline = _kind(source, path / INDEX).from_pretrained(path, dtype=dtype, use_safetensors=True)
    else:
        commit = revision or None
        index = Path(hf_hub_download(source, INDEX, revision=commit))
        pipeline = _kind(source, index).from_pretrained(source, revision=commit, dtype=dtype, use_safetensors=True)
    if faults := list(_faults(pipeline)):
        raise UnsupportedCheckpoint(f"{source} cannot be used: {'; '.join(faults)}. Choose another checkpoint.")
    return pipeline


def _kind(source: str, index: Path) -> Any:
    """The class of the pipeline that an index is of. Raises UnsupportedCheckpoint, also for parts that are others' code."""
    listed = json.loads(index.read_text())
    made_for = str(listed.get("_class_name"))  # a list, where the pipeline is code of the checkpoint's own
    if made_for not in PIPELINES:
        raise UnsupportedCheckpoint(f"{source} is a {made_for}; choose a checkpoint of {FAMILIES}.")
    if others := _libraries(listed) - LIBRARIES:
        raise UnsupportedCheckpoint(
            f"{source} takes parts from {', '.join(sorted(others))}; choose a checkpoint whose {INDEX} names diffusers and "
            f"transformers alone."
        )
    return PIPELINES[made_for]


def _libraries(listed: dict[str, Any]) -> set[str]:
    """The libraries that an index takes parts from, as [library, class]; a part that is not there is [null, null]."""
    parts = [value for name, value in listed.items() if isinstance(value, list) and not name.startswith("_")]
    return {str(part[0]) for part in parts if part and part[0] is not None}


def _from_file(file: Path, dtype: torch.dtype) -> Pipeline:
    """A single file of weights, with the configuration beside it, else that of its family on the hub."""
    beside = configuration_of(file)
    try:
        if (beside / INDEX).is_file():
            _require_no_weights(beside)
            return _kind(str(file), beside / INDEX).from_single_file(str(file), config=str(beside), dtype=dtype)
        family = _family(file)
        kind = _kind(family, Path(hf_hub_download(family, INDEX)))
        return kind.from_single_file(str(file), config=family, dtype=dtype)
    except (SingleFileComponentError, SafetensorError) as error:
        raise UnsupportedCheckpoint(f"{file} is no whole checkpoint of {FAMILIES} in one file. ({error})") from error


def _require_no_weights(configuration: Path) -> None:
    """Raise UnsupportedCheckpoint if a folder of configurations holds weights.

    diffusers would read from there, pickled or not, any part that the single file lacks.
    """
    for file in sorted([*configuration.glob("*"), *configuration.glob("*/*")]):  # it reads a part from no deeper
        if file.name.endswith(WEIGHTS):
            raise UnsupportedCheckpoint(
                f"{file} is of weights, and {configuration} may hold configurations only (.json and .txt): take the weights "
                f"out of that folder, or name a folder in the format of diffusers' save_pretrained."
            )


def _family(file: Path) -> str:
    """The hub name of a checkpoint whose configuration fits the weights in a file."""
    with safe_open(file, framework="pt") as weights:
        names = list(weights.keys())
    for prefix, family in CONFIGURATIONS.items():
        if any(name.startswith(prefix) for name in names):
            return family
    raise UnsupportedCheckpoint(
        f"{file} does not tell its configuration: put a folder {configuration_of(file).name}/ beside it, with the {INDEX} and "
        f"the configurations of the checkpoint that it was made from."
    )


def _faults(pipeline: Pipeline) -> Iterator[str]:
    """What keeps a checkpoint from being sampled by its noise ε, in the latents of its VAE, under any scheduler."""
    unet, levels = pipeline.unet.config, pipeline.scheduler.config
    predicted = levels.get("prediction_type", EPSILON)
    if predicted not in (EPSILON, VELOCITY):
        yield f"its UNet predicts “{predicted}”, not “{EPSILON}” or “{VELOCITY}”"
    if "beta_schedule" not in levels:
        yield f"the noise levels of its scheduler, {type(pipeline.scheduler).__name__}, are of another kind than DDPM's"
    elif DDIMScheduler.from_config(levels).alphas_cumprod[-1] < LEAST_SIGNAL:
        yield "its noise levels end in pure noise (zero terminal SNR, rescale_betas_zero_snr), where ε says nothing of images"
    if unet["in_channels"] != pipeline.vae.config["latent_channels"]:
        yield f"its UNet takes {unet['in_channels']} channels, not the latent alone, as for inpainting"
    if unet["time_cond_proj_dim"] is not None:
        yield "its UNet is distilled, and wants to be told a guidance scale"
