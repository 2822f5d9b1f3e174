"""A tiny Stable Diffusion 1.x checkpoint with random weights, in the folder format of diffusers.

It draws nothing, but every part of it is the real class: whatever loads, samples or screens runs as on a real checkpoint,
in milliseconds a step.
"""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTokenizer,
    CLIPVisionConfig,
)

from generation.checkpoints import Loaded

SIZE = 64
WIDTH = 32
TOKENS = 24
LETTERS = "abcdefghijklmnopqrstuvwxyz,"
FLAGS_NONE, FLAGS_ALL = 2.0, -2.0  # thresholds that no cosine, and every cosine, exceeds


def build_tiny_checkpoint(folder: Path, flag_above: float = FLAGS_NONE) -> Path:
    """Write a checkpoint for images of 64×64 pixels into the folder, the same weights every time.

    Its safety checker flags images whose cosine to any concept is larger than flag_above.
    """
    torch.manual_seed(0)
    StableDiffusionPipeline(
        vae=vae(),
        text_encoder=CLIPTextModel(text_config()),
        tokenizer=tokenizer(),
        unet=unet(),
        scheduler=scheduler(),
        safety_checker=_safety_checker(flag_above),
        feature_extractor=CLIPImageProcessor(size={"shortest_edge": WIDTH}, crop_size={"height": WIDTH, "width": WIDTH}),
    ).save_pretrained(folder)
    return folder


def drop_safety_checker(folder: Path) -> Path:
    """Rewrite the index of a checkpoint so that it has no safety checker, as for instance SD 2.1 has none."""
    index = json.loads((folder / "model_index.json").read_text())
    index |= {"safety_checker": [None, None], "feature_extractor": [None, None], "requires_safety_checker": False}
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder


def tokenizer() -> CLIPTokenizer:
    tokens = [*(letter + end for end in ("", "</w>") for letter in LETTERS), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={token: number for number, token in enumerate(tokens)}, merges=[], model_max_length=TOKENS)


def text_config(**changes: Any) -> CLIPTextConfig:
    tokens = tokenizer()
    tiny: dict[str, Any] = {
        "vocab_size": len(tokens),
        "hidden_size": WIDTH,
        "intermediate_size": WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": TOKENS,
        "bos_token_id": tokens.bos_token_id,
        "eos_token_id": tokens.eos_token_id,
        "pad_token_id": tokens.pad_token_id,
    }
    return CLIPTextConfig(**tiny | changes)


def unet(**changes: Any) -> Any:
    tiny: dict[str, Any] = {
        "sample_size": SIZE // 8,
        "block_out_channels": (32, 64),
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
        "layers_per_block": 1,
        "attention_head_dim": 4,
        "cross_attention_dim": WIDTH,
        "norm_num_groups": 8,
    }
    return UNet2DConditionModel(**tiny | changes)


def vae(**changes: Any) -> Any:
    tiny: dict[str, Any] = {
        "block_out_channels": (8, 8, 8, 8),
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "layers_per_block": 1,
        "latent_channels": 4,
        "norm_num_groups": 4,
        "sample_size": SIZE,
    }
    return AutoencoderKL(**tiny | changes)


def scheduler(**changes: Any) -> Any:
    """With the noise levels of SD 1.x."""
    levels: dict[str, Any] = {
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "clip_sample": False,
        "set_alpha_to_one": False,
        "steps_offset": 1,
    }
    return DDIMScheduler(**levels | changes)


def _safety_checker(flag_above: float) -> StableDiffusionSafetyChecker:
    vision = CLIPVisionConfig(
        hidden_size=WIDTH,
        intermediate_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=WIDTH,
        patch_size=8,
    )
    checker = StableDiffusionSafetyChecker(CLIPConfig(vision_config=vision.to_dict(), projection_dim=16))
    torch.nn.init.normal_(checker.concept_embeds)
    torch.nn.init.normal_(checker.special_care_embeds)
    torch.nn.init.constant_(checker.concept_embeds_weights, flag_above)
    return checker


def overflowing(checkpoint: Loaded, word: str) -> Any:
    """The checkpoint's denoiser, for which a one-letter word means what is no number."""
    denoiser: Any = checkpoint.denoiser
    text_encoder = copy.deepcopy(denoiser.text_encoder)
    text_encoder.get_input_embeddings().weight.data[denoiser.tokenizer.convert_tokens_to_ids(f"{word}</w>")] = torch.nan
    return replace(denoiser, text_encoder=text_encoder)
