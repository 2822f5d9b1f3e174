"""Stable Diffusion XL: two text encoders, and a UNet that is also told a text's pooled embedding and the image's sizes.

Podell et al., "SDXL: Improving Latent Diffusion Models for High-Resolution Image Synthesis", 2023, §2.1 and 2.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor
from transformers import CLIPTextModelWithProjection, CLIPTokenizer

from generation.denoisers.latent_diffusion import LatentNetworks, epsilon, times_of, token_ids
from generation.methods.rule import Level

Embedding: TypeAlias = tuple[Tensor, Tensor]  # (tokens, width), and the whole text's, (pooled width,)


@dataclass(frozen=True, eq=False, kw_only=True)
class StableDiffusionXL(LatentNetworks):
    """The networks of an SDXL checkpoint.

    empty_is_zero: whether the empty text stands for no text, that is embeddings of zeros, as diffusers' pipeline has it where
    no negative prompt is given.
    """

    tokenizer_2: CLIPTokenizer
    text_encoder_2: CLIPTextModelWithProjection
    empty_is_zero: bool = True

    def encode(self, texts: Sequence[str]) -> dict[str, Embedding]:
        """The embedding of each text, and that of the whole of it: shapes (tokens, width) and (pooled width,)."""
        distinct = list(dict.fromkeys(texts))
        first = self.text_encoder(self._tokens(self.tokenizer, distinct), output_hidden_states=True)
        second = self.text_encoder_2(self._tokens(self.tokenizer_2, distinct), output_hidden_states=True)
        states = torch.cat([first.hidden_states[-2], second.hidden_states[-2]], dim=-1)
        embeddings = dict(zip(distinct, zip(states, second.text_embeds, strict=True), strict=True))
        if self.empty_is_zero and "" in embeddings:
            embeddings[""] = torch.zeros_like(states[0]), torch.zeros_like(second.text_embeds[0])
        return embeddings

    def _tokens(self, tokenizer: CLIPTokenizer, texts: Sequence[str]) -> Tensor:
        return token_ids(tokenizer, texts).to(self.device)

    def predict(self, latents: Tensor, levels: Sequence[Level], conditionings: Sequence[Embedding]) -> Tensor:
        """The noise ε, shape (rows, channels, height, width); conditionings as `encode` gives them."""
        states, pooled = (torch.stack(parts) for parts in zip(*conditionings, strict=True))
        output = self.unet(
            latents.to(self.unet.dtype),
            times_of(levels, self.device),
            encoder_hidden_states=states,
            added_cond_kwargs={"text_embeds": pooled, "time_ids": self._sizes(latents).to(states.dtype)},
        ).sample
        return epsilon(output.to(self.precision), latents, levels, self.scheduler_config)

    def _sizes(self, latents: Tensor) -> Tensor:
        """The original size, the corner of the crop, and the target size, in pixels, shape (rows, 6): the image's own size,
        uncropped."""
        height, width = (side * self.pixels_per_cell for side in latents.shape[-2:])
        return torch.tensor([[height, width, 0, 0, height, width]] * len(latents), device=self.device)
