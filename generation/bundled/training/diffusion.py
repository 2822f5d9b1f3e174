"""The text encoder and the UNet, trained together to predict the noise in latents."""

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from torch import Tensor, nn
from tqdm import tqdm
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from generation.bundled.render import Image
from generation.bundled.training.loop import Plan, train
from generation.bundled.training.scenes import COUNT_WEIGHTS, CountWeights, draw_pictures, draw_prompt, pixels_of
from generation.bundled.world import SIZE, Scene

BATCH = 64
POOL = 48_000
ENCODE_BATCH = 100
EMPTY_SHARE = 0.1
SNR_CAP = 5.0
WIDTH = 96
SCHEDULER = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
    "set_alpha_to_one": False,
    "steps_offset": 1,
}
UNET = {
    "sample_size": SIZE // 8,
    "block_out_channels": (WIDTH, 160),
    "down_block_types": ("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
    "layers_per_block": 1,
    "attention_head_dim": 4,
    "cross_attention_dim": WIDTH,
}


def new_text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """A two-layer CLIP text encoder for the tokenizer's vocabulary."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=WIDTH,
            intermediate_size=4 * WIDTH,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=tokenizer.model_max_length,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


@dataclass(frozen=True)
class Cycle:
    """A cycle of the learning rate, on scenes of its own: how long, how fast, and what the scenes hold."""

    name: str
    steps: int
    peak_rate: float
    seed: int
    count_weights: CountWeights = COUNT_WEIGHTS


# Later cycles have more scenes of one shape: they show a colour on a shape with nothing else to borrow either from.
CYCLES = (
    Cycle("diffusion", 6800, 8e-4, seed=2),
    Cycle("diffusion-2", 5000, 5e-4, seed=5, count_weights=(30, 40, 30)),
    Cycle("diffusion-3", 1600, 4e-4, seed=6, count_weights=(50, 30, 20)),
)


def train_diffusion(folder: Path, vae: AutoencoderKL, tokenizer: CLIPTokenizer) -> tuple[CLIPTextModel, UNet2DConditionModel]:
    """Train, or go on training, text encoder and UNet on latents of rendered scenes."""
    torch.manual_seed(0)
    text_encoder, unet = new_text_encoder(tokenizer), UNet2DConditionModel(**UNET)
    for cycle in CYCLES:
        train_cycle(cycle, folder, text_encoder, unet, vae, tokenizer)
    return text_encoder, unet


def train_cycle(
    cycle: Cycle,
    folder: Path,
    text_encoder: CLIPTextModel,
    unet: UNet2DConditionModel,
    vae: AutoencoderKL,
    tokenizer: CLIPTokenizer,
) -> None:
    """One cycle; the weights end as their running average.

    The loss is the squared error of the noise, weighted by min(SNR, 5)/SNR (Hang et al., "Efficient diffusion training via
    min-SNR weighting strategy", ICCV 2023, eq. 8).
    """
    scenes, images = draw_pictures(POOL, cycle.seed, cycle.count_weights)
    latents = encoded(vae, images, folder / f"{cycle.name}-latents.npz")
    model = nn.ModuleDict({"text_encoder": text_encoder, "unet": unet})
    alphas = DDIMScheduler(**SCHEDULER).alphas_cumprod

    def loss_of(step: int) -> Tensor:
        chosen = torch.randint(len(scenes), (BATCH,))
        prompts = draw_prompts([scenes[i] for i in chosen.tolist()], seed=step)
        return noise_loss(model, latents[chosen], token_ids(tokenizer, prompts), alphas)

    train(Plan(cycle.name, cycle.steps, cycle.peak_rate, folder), model, loss_of)


def noise_loss(model: nn.ModuleDict, latents: Tensor, tokens: Tensor, alphas: Tensor) -> Tensor:
    """Weighted squared error of the predicted noise at random timesteps."""
    noise = torch.randn_like(latents)
    timesteps = torch.randint(len(alphas), (len(latents),))
    alpha = alphas[timesteps][:, None, None, None]
    noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
    states = model["text_encoder"](tokens).last_hidden_state
    predicted = model["unet"](noisy, timesteps, encoder_hidden_states=states).sample
    snr = alpha / (1 - alpha)
    loss: Tensor = ((snr.clamp(max=SNR_CAP) / snr) * (predicted - noise) ** 2).mean()
    return loss


def token_ids(tokenizer: CLIPTokenizer, prompts: list[str]) -> Tensor:
    """Token ids padded to the longest prompt the tokenizer takes, shape (prompts, tokens)."""
    padded = tokenizer(
        prompts, padding="max_length", truncation=True, max_length=tokenizer.model_max_length, return_tensors="pt"
    )
    ids: Tensor = padded.input_ids
    return ids


def draw_prompts(scenes: list[Scene], seed: int) -> list[str]:
    """A true prompt for each scene, a tenth of them empty (classifier-free guidance)."""
    draw = random.Random(seed)
    return ["" if draw.random() < EMPTY_SHARE else draw_prompt(scene, draw) for scene in scenes]


def encoded(vae: AutoencoderKL, images: Image, cache: Path) -> Tensor:
    """The latents of pictures at unit variance, shape (pictures, 4, 8, 8); they are kept in the cache."""
    if not cache.exists():
        cache.parent.mkdir(parents=True, exist_ok=True)
        unfinished = cache.with_suffix(".part.npz")
        np.savez(unfinished, latents=_encode(vae, images).numpy())
        unfinished.replace(cache)
    return torch.from_numpy(np.load(cache)["latents"])


@torch.no_grad()
def _encode(vae: AutoencoderKL, images: Image) -> Tensor:
    batches = [images[i : i + ENCODE_BATCH] for i in range(0, len(images), ENCODE_BATCH)]
    return torch.cat(
        [vae.encode(pixels_of(batch)).latent_dist.mean * vae.config["scaling_factor"] for batch in tqdm(batches, desc="encode")]
    )
