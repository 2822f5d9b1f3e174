"""What the families of Stable Diffusion have in common: texts become tokens, UNets predict ε or v, a VAE decodes latents."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTokenizer

from generation.denoisers import UnfitSize, memory
from generation.methods.rule import Level

EPSILON, VELOCITY = "epsilon", "v_prediction"  # what a network may predict, in the words of diffusers' schedulers
ONE_BY_ONE, TOGETHER = 1, sys.maxsize  # rows that the VAE decodes at once


def token_ids(tokenizer: CLIPTokenizer, texts: Sequence[str]) -> Tensor:
    """Token ids, shape (texts, tokens); a text longer than the tokenizer takes is cut off, as in diffusers."""
    padded = tokenizer(
        list(texts), padding="max_length", max_length=tokenizer.model_max_length, truncation=True, return_tensors="pt"
    )
    ids: Tensor = padded.input_ids
    return ids


def pixels_per_cell(vae: AutoencoderKL) -> int:
    """Pixels per latent cell, along each side."""
    return int(2 ** (len(vae.config["block_out_channels"]) - 1))


def native_size(unet: UNet2DConditionModel, vae: AutoencoderKL) -> int:
    """Width and height, in pixels, of the images that the networks were made for."""
    return int(unet.config["sample_size"]) * pixels_per_cell(vae)


def latent_shape(unet: UNet2DConditionModel, vae: AutoencoderKL, size: int) -> tuple[int, ...]:
    """(channels, height, width) of the latent of an image of that size. Raises UnfitSize."""
    cell = pixels_per_cell(vae)
    if size < 1 or size % cell:
        raise UnfitSize(f"An image must be a multiple of {cell} pixels wide and high, not {size}.")
    return int(unet.config["in_channels"]), size // cell, size // cell


def times_of(levels: Sequence[Level], device: torch.device) -> Tensor:
    """The timesteps that a UNet is told, shape (rows,)."""
    return torch.tensor([level.timestep for level in levels], device=device)


def epsilon(output: Tensor, latents: Tensor, levels: Sequence[Level], scheduler_config: Mapping[str, Any]) -> Tensor:
    """The noise ε that a UNet's output means: the output itself, or √ᾱ v + √(1 − ᾱ) x_t where it predicts v.

    Salimans & Ho, "Progressive Distillation for Fast Sampling of Diffusion Models", ICLR 2022, §4.
    """
    if scheduler_config.get("prediction_type", EPSILON) == EPSILON:
        return output
    alpha = torch.tensor([level.alpha for level in levels], device=output.device).view(-1, 1, 1, 1)
    return alpha.sqrt() * output + (1 - alpha).sqrt() * latents


def decoded(vae: AutoencoderKL, latents: Tensor, at_once: int, on_row: Callable[[], object]) -> Tensor:
    """Pixels in 0..1 in float32, shape (rows, 3, height, width); on_row is called after every row."""
    scaled = (latents / vae.config["scaling_factor"]).to(vae.dtype)

    def decode(rows: slice) -> Tensor:
        pixels: Tensor = vae.decode(scaled[rows]).sample
        for _ in pixels:
            on_row()
        return pixels

    return (memory.in_stacks(vae, decode, len(scaled), at_once, scaled.shape[1:]).float() / 2 + 0.5).clamp(0, 1)
