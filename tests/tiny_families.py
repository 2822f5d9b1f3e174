"""Tiny checkpoints with random weights of the other families: Stable Diffusion 2.x and XL, and a single file."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from safetensors.torch import save_file
from transformers import CLIPTextModel, CLIPTextModelWithProjection

from tests import ldm_format
from tests.tiny_checkpoint import WIDTH, scheduler, text_config, tokenizer, unet, vae

WIDTH_2, POOLED = 24, 16  # of SDXL's second text encoder
TIME_IDS, TIME_WIDTH = 6, 8
NOTHING: Mapping[str, Any] = MappingProxyType({})


def build_tiny_sd2(folder: Path, own: Mapping[str, Any] = NOTHING, **levels: Any) -> Path:
    """A checkpoint as SD 2.x has it: linear projections, heads of one width, OpenCLIP's activation, no safety checker.

    own: what its UNet has of its own. levels: what its scheduler has.
    """
    torch.manual_seed(2)
    StableDiffusionPipeline(
        vae=vae(),
        text_encoder=CLIPTextModel(text_config(hidden_act="gelu")),
        tokenizer=tokenizer(),
        unet=unet(attention_head_dim=(4, 8), use_linear_projection=True, **own),
        scheduler=scheduler(**levels),
        safety_checker=None,  # type: ignore[arg-type]
        feature_extractor=None,  # type: ignore[arg-type]
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder


def build_tiny_sdxl(folder: Path) -> Path:
    """A checkpoint as SDXL has it: two text encoders, and a UNet that is told a pooled embedding and sizes."""
    torch.manual_seed(3)
    StableDiffusionXLPipeline(
        vae=vae(scaling_factor=0.13025, force_upcast=True),
        text_encoder=CLIPTextModel(text_config()),
        text_encoder_2=CLIPTextModelWithProjection(text_config(hidden_size=WIDTH_2, projection_dim=POOLED, hidden_act="gelu")),
        tokenizer=tokenizer(),
        tokenizer_2=tokenizer(),
        unet=unet(
            cross_attention_dim=WIDTH + WIDTH_2,
            transformer_layers_per_block=(1, 2),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=TIME_WIDTH,
            projection_class_embeddings_input_dim=POOLED + TIME_IDS * TIME_WIDTH,
        ),
        scheduler=scheduler(),
    ).save_pretrained(folder)
    return folder


def build_single_file(checkpoint: Path, file: Path) -> Path:
    """The weights of a tiny SD 1.x checkpoint in one file, under the names of the original code, without configuration."""
    pipeline: Any = StableDiffusionPipeline.from_pretrained(checkpoint)
    save_file(ldm_format.weights(pipeline), file)
    return file


def copy_configuration(checkpoint: Path, folder: Path) -> Path:
    """All of a checkpoint but its weights."""
    return Path(shutil.copytree(checkpoint, folder, ignore=shutil.ignore_patterns("*.safetensors")))
