"""What a checkpoint's networks do: text to embedding, noisy latent to predicted noise, latent to pixels."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from generation.checkpoints import Loaded


def encode(checkpoint: Loaded, texts: Sequence[str]) -> dict[str, Tensor]:
    """The embedding of each text, shape (tokens, width); a text longer than the tokenizer takes is cut off, as in diffusers."""
    distinct = list(dict.fromkeys(texts))
    tokenizer = checkpoint.tokenizer
    tokens = tokenizer(
        distinct, padding="max_length", max_length=tokenizer.model_max_length, truncation=True, return_tensors="pt"
    )
    states = checkpoint.text_encoder(tokens.input_ids.to(checkpoint.device)).last_hidden_state
    return dict(zip(distinct, states, strict=True))


def predict_noise(checkpoint: Loaded, latents: Tensor, timesteps: Sequence[int], embeddings: Tensor) -> Tensor:
    """The UNet's noise predictions in float32, shape (rows, channels, height, width), each row at its own timestep.

    latents: shape (rows, channels, height, width); embeddings: shape (rows, tokens, width).
    """
    times = torch.tensor(timesteps, device=checkpoint.device)
    noise: Tensor = checkpoint.unet(latents.to(checkpoint.dtype), times, encoder_hidden_states=embeddings).sample
    return noise.float()


def decode(checkpoint: Loaded, latents: Tensor, on_row: Callable[[], object]) -> Tensor:
    """Pixels in 0..1 in float32, shape (rows, 3, height, width); on_row is called after every row.

    Row by row: a VAE needs far more memory than its UNet, and an image does not depend on its neighbours in the batch.
    """
    scaled = (latents / checkpoint.vae.config["scaling_factor"]).to(checkpoint.dtype)
    rows = []
    for latent in scaled:
        rows.append(checkpoint.vae.decode(latent[None]).sample)
        on_row()
    return (torch.cat(rows).float() / 2 + 0.5).clamp(0, 1)
