"""The autoencoder: 64×64 pictures to 8×8 latents with 4 channels and back.

Encoder and decoder learn together first; then the encoder stays, so that latents keep their meaning, and the decoder learns on.
"""

from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor, nn

from generation.bundled.training.loop import Plan, train
from generation.bundled.training.scenes import draw_pictures, pixels_of
from generation.bundled.world import SIZE

STEPS = 4000
DECODER_STEPS = 8000
BATCH = 16
POOL = 16_000
KL_WEIGHT = 1e-6
EDGE_WEIGHT = 1.0
CONFIG = {
    "block_out_channels": (16, 32, 48, 64),
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "layers_per_block": 1,
    "latent_channels": 4,
    "norm_num_groups": 8,
    "sample_size": SIZE,
}


def train_vae(folder: Path) -> AutoencoderKL:
    """Train, or go on training, the autoencoder, and set its scaling factor to that of unit-variance latents."""
    torch.manual_seed(0)
    vae = AutoencoderKL(**CONFIG)
    _, images = draw_pictures(POOL, seed=1)

    def loss_of(_step: int) -> Tensor:
        pixels = pixels_of(images[torch.randint(POOL, (BATCH,)).numpy()])
        posterior = vae.encode(pixels).latent_dist
        loss: Tensor = reconstruction_error(vae, posterior.sample(), pixels) + KL_WEIGHT * posterior.kl().mean()
        return loss

    train(Plan("vae", STEPS, 2e-3, folder), vae, loss_of)
    with torch.no_grad():
        latents = vae.encode(pixels_of(images[:512])).latent_dist.mean
    vae.register_to_config(scaling_factor=round(1 / latents.std().item(), 5))
    return frozen(vae)


def refine_decoder(folder: Path, vae: AutoencoderKL) -> AutoencoderKL:
    """Train, or go on training, the decoder alone, on what the finished encoder makes of new pictures."""
    _, images = draw_pictures(POOL, seed=4)
    parts = {"decoder": vae.decoder, "post_quant_conv": vae.post_quant_conv}
    decoder = nn.ModuleDict(parts)  # type: ignore[arg-type]  # None only without the convolution, which CONFIG keeps
    for weights in decoder.parameters():
        weights.requires_grad = True

    def loss_of(_step: int) -> Tensor:
        pixels = pixels_of(images[torch.randint(POOL, (BATCH,)).numpy()])
        return reconstruction_error(vae, vae.encode(pixels).latent_dist.sample(), pixels)

    train(Plan("decoder", DECODER_STEPS, 1.5e-3, folder), decoder, loss_of)
    return frozen(vae)


def frozen(vae: AutoencoderKL) -> AutoencoderKL:
    """The autoencoder with no weight left to learn."""
    for weights in vae.parameters():
        weights.requires_grad = False
    return vae


def reconstruction_error(vae: AutoencoderKL, latents: Tensor, pixels: Tensor) -> Tensor:
    """Mean absolute error of pixels, and of their differences for sharp edges."""
    error = vae.decode(latents).sample - pixels
    edges = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    mean: Tensor = error.abs().mean() + EDGE_WEIGHT * edges
    return mean
