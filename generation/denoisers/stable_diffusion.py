"""Stable Diffusion 1.x and 2.x: one CLIP text encoder, a UNet that predicts ε or v, a VAE."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from generation.denoisers import UnfitSize
from generation.methods.rule import Level


@dataclass(frozen=True, eq=False, kw_only=True)
class StableDiffusion:
    """The networks of a Stable Diffusion 1.x or 2.x checkpoint."""

    tokenizer: CLIPTokenizer
    text_encoder: CLIPTextModel
    unet: UNet2DConditionModel
    vae: AutoencoderKL
    scheduler_config: Mapping[str, Any]
    precision: torch.dtype = torch.float32

    @property
    def device(self) -> torch.device:
        return self.unet.device

    @property
    def native_size(self) -> int:
        """Width and height, in pixels, of the images that the checkpoint was made for."""
        return int(self.unet.config["sample_size"]) * pixels_per_cell(self.vae)

    def latent_shape(self, size: int) -> tuple[int, ...]:
        """(channels, height, width) of the latent of an image of that size. Raises UnfitSize."""
        cell = pixels_per_cell(self.vae)
        if size < 1 or size % cell:
            raise UnfitSize(f"An image must be a multiple of {cell} pixels wide and high, not {size}.")
        return int(self.unet.config["in_channels"]), size // cell, size // cell

    def encode(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """The embedding of each text, shape (tokens, width)."""
        distinct = list(dict.fromkeys(texts))
        states = self.text_encoder(token_ids(self.tokenizer, distinct).to(self.device)).last_hidden_state
        return dict(zip(distinct, states, strict=True))

    def predict(self, latents: Tensor, levels: Sequence[Level], conditionings: Sequence[Tensor]) -> Tensor:
        """The noise ε, shape (rows, channels, height, width); conditionings are embeddings, (tokens, width) each."""
        times = torch.tensor([level.timestep for level in levels], device=self.device)
        states = torch.stack(list(conditionings))
        output = self.unet(latents.to(self.unet.dtype), times, encoder_hidden_states=states).sample.to(self.precision)
        return epsilon(output, latents, levels, self.scheduler_config)

    def decode(self, latents: Tensor, on_row: Callable[[], object]) -> Tensor:
        """Pixels in 0..1 in float32, shape (rows, 3, height, width); on_row is called after every row."""
        return decoded(self.vae, latents, on_row)


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


def epsilon(output: Tensor, latents: Tensor, levels: Sequence[Level], scheduler_config: Mapping[str, Any]) -> Tensor:
    """The noise ε that a UNet's output means: the output itself, or √ᾱ v + √(1 − ᾱ) x_t where it predicts v.

    Salimans & Ho, "Progressive Distillation for Fast Sampling of Diffusion Models", ICLR 2022, §4.
    """
    if scheduler_config.get("prediction_type", "epsilon") == "epsilon":
        return output
    alpha = torch.tensor([level.alpha for level in levels], device=output.device).view(-1, 1, 1, 1)
    return alpha.sqrt() * output + (1 - alpha).sqrt() * latents


def decoded(vae: AutoencoderKL, latents: Tensor, on_row: Callable[[], object]) -> Tensor:
    """Pixels in 0..1 in float32, shape (rows, 3, height, width); on_row is called after every row.

    Row by row: a VAE needs far more memory than its UNet, and an image does not depend on its neighbours in the batch.
    """
    scaled = (latents / vae.config["scaling_factor"]).to(vae.dtype)
    rows = []
    for latent in scaled:
        rows.append(vae.decode(latent[None]).sample)
        on_row()
    return (torch.cat(rows).float() / 2 + 0.5).clamp(0, 1)
