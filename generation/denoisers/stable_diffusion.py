"""Stable Diffusion 1.x and 2.x: one CLIP text encoder, a UNet that predicts ε or v, a VAE."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.denoisers.latent_diffusion import LatentNetworks, epsilon, times_of, token_ids
from generation.methods.rule import Level


@dataclass(frozen=True, eq=False, kw_only=True)
class StableDiffusion(LatentNetworks):
    """The networks of a Stable Diffusion 1.x or 2.x checkpoint."""

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
