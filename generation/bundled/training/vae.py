"""The autoencoder: 64×64 pictures to 8×8 latents with 4 channels and back."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

from generation.bundled.training.loop import Plan, train
from generation.bundled.training.scenes import draw_pictures, pixels_of
from generation.bundled.world import SIZE

STEPS = 5000
BATCH = 16
POOL = 16000
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

    def loss_of(step: int) -> Tensor:
        chosen = torch.randint(POOL, (BATCH,))
        return reconstruction_loss(vae, pixels_of(images[chosen.numpy()]))

    vae = train(Plan("vae", STEPS, 2e-3, folder), vae, loss_of)
    with torch.no_grad():
        latents = vae.encode(pixels_of(images[:512])).latent_dist.mean
    vae.register_to_config(scaling_factor=round(1 / latents.std().item(), 5))
    return vae


def reconstruction_loss(vae: nn.Module, pixels: Tensor) -> Tensor:
    """Mean absolute error of pixels and of their differences (sharp edges), plus a faint pull to a unit Gaussian."""
    posterior = vae.encode(pixels).latent_dist
    restored = vae.decode(posterior.sample()).sample
    error = restored - pixels
    edges = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    return error.abs().mean() + EDGE_WEIGHT * edges + KL_WEIGHT * posterior.kl().mean()
