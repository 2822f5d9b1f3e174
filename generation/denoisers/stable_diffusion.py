"""Stable Diffusion 1.x and 2.x: one CLIP text encoder, a UNet that predicts ε or v, a VAE."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from generation.denoisers.latent_diffusion import (
    ONE_BY_ONE,
    decoded,
    epsilon,
    latent_shape,
    native_size,
    times_of,
    token_ids,
)
from generation.methods.rule import Level


@dataclass(frozen=True, eq=False, kw_only=True)
class StableDiffusion:
    """The networks of a Stable Diffusion 1.x or 2.x checkpoint; decoded_at_once: rows that the VAE takes in one call."""

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
    def native_size(self) -> int:
        """Width and height, in pixels, of the images that the checkpoint was made for."""
        return native_size(self.unet, self.vae)

    def latent_shape(self, size: int) -> tuple[int, ...]:
        """(channels, height, width) of the latent of an image of that size. Raises UnfitSize."""
        return latent_shape(self.unet, self.vae, size)

    def encode(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """The embedding of each text, shape (tokens, width)."""
        distinct = list(dict.fromkeys(texts))
        states = self.text_encoder(token_ids(self.tokenizer, distinct).to(self.device)).last_hidden_state
        return dict(zip(distinct, states, strict=True))

    def predict(self, latents: Tensor, levels: Sequence[Level], conditionings: Sequence[Tensor]) -> Tensor:
        """The noise ε, shape (rows, channels, height, width); conditionings are embeddings, (tokens, width) each."""
        times, states = times_of(levels, self.device), torch.stack(list(conditionings))
        output = self.unet(latents.to(self.unet.dtype), times, encoder_hidden_states=states).sample.to(self.precision)
        return epsilon(output, latents, levels, self.scheduler_config)

    def decode(self, latents: Tensor, on_row: Callable[[], object]) -> Tensor:
        """Pixels in 0..1 in float32, shape (rows, 3, height, width); on_row is called after every row."""
        return decoded(self.vae, latents, self.decoded_at_once, on_row)
