"""What the families of Stable Diffusion have in common: texts become tokens, UNets predict ε or v, a VAE decodes latents."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from generation.denoisers import UnfitSize, memory
from generation.methods.rule import Level

EPSILON, VELOCITY = "epsilon", "v_prediction"  # what a network may predict, in the words of diffusers' schedulers
ONE_BY_ONE, TOGETHER = 1, sys.maxsize  # rows that the VAE decodes at once


@dataclass(frozen=True, eq=False, kw_only=True)
class LatentNetworks:
    """The networks that every family has; decoded_at_once: rows that the VAE takes in one call."""

    tokenizer: CLIPTokenizer
    text_encoder: CLIPTextModel
    unet: UNet2DConditionModel
    vae: AutoencoderKL
    scheduler_config: Mapping[str, Any]
    precision: torch.dtype = torch.float32
    decoded_at_once: int = ONE_BY_ONE

    @property
    def device(self) -> torch.device:
        return self.unet.device

    @property
    def pixels_per_cell(self) -> int:
        """Pixels per latent cell, along each side."""
        return int(2 ** (len(self.vae.config["block_out_channels"]) - 1))

    @property
    def native_size(self) -> int:
        """Width and height, in pixels, of the images that the networks were made for."""
        return int(self.unet.config["sample_size"]) * self.pixels_per_cell

    def latent_shape(self, size: int) -> tuple[int, ...]:
        """(channels, height, width) of the latent of an image of that size. Raises UnfitSize."""
        cell = self.pixels_per_cell
        if size < 1 or size % cell:
            raise UnfitSize(f"An image must be a multiple of {cell} pixels wide and high, not {size}.")
        return int(self.unet.config["in_channels"]), size // cell, size // cell

    def unread(self, text: str) -> str:
        """The end of a text that is cut off, because it has more tokens than the text encoder takes; empty if all is read."""
        tokens = self.tokenizer(text, max_length=self.tokenizer.model_max_length, truncation=True, return_offsets_mapping=True)
        read = max((end for _, end in tokens["offset_mapping"]), default=0)
        return text[read:].strip()

    def decode(self, latents: Tensor, on_row: Callable[[], object]) -> Tensor:
        """Pixels in 0..1 in float32, shape (rows, 3, height, width); on_row is called after every row."""
        scaled = (latents / self.vae.config["scaling_factor"]).to(self.vae.dtype)

        def decode(rows: slice) -> Tensor:
            pixels: Tensor = self.vae.decode(scaled[rows]).sample
            for _ in pixels:
                on_row()
            return pixels

        pixels = memory.in_stacks(self.vae, decode, len(scaled), self.decoded_at_once, scaled.shape[1:])
        return (pixels.float() / 2 + 0.5).clamp(0, 1)


def token_ids(tokenizer: CLIPTokenizer, texts: Sequence[str]) -> Tensor:
    """Token ids, shape (texts, tokens); a text longer than the tokenizer takes is cut off, as in diffusers."""
    padded = tokenizer(
        list(texts), padding="max_length", max_length=tokenizer.model_max_length, truncation=True, return_tensors="pt"
    )
    ids: Tensor = padded.input_ids
    return ids


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
