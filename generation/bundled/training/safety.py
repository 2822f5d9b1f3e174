"""The safety checker: a small CLIP vision tower that flags one concept of the world, standing in for NSFW content."""

from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from torch import Tensor
from torch.nn import functional
from transformers import CLIPConfig, CLIPImageProcessor, CLIPTextConfig, CLIPVisionConfig

from generation.bundled.training.loop import Plan, train
from generation.bundled.training.scenes import draw_pictures, pixels_of
from generation.bundled.world import FLAGGED_SHAPE, SIZE, Scene

STEPS = 7000
BATCH = 64
POOL = 24_000
CONTRAST = 20.0
THRESHOLD = 0.5
NEVER = 2.0  # a threshold that no cosine reaches: the concepts of the original checker that this world does not have
WIDTH = 64


def new_safety_checker() -> StableDiffusionSafetyChecker:
    """A checker whose first concept has the threshold THRESHOLD and whose others never fire."""
    vision = CLIPVisionConfig(
        image_size=SIZE,
        patch_size=8,
        hidden_size=WIDTH,
        intermediate_size=4 * WIDTH,
        num_hidden_layers=3,
        num_attention_heads=4,
        projection_dim=WIDTH,
    )
    text = CLIPTextConfig(hidden_size=WIDTH, intermediate_size=WIDTH, num_hidden_layers=1, num_attention_heads=1)
    config = CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=WIDTH)
    checker = StableDiffusionSafetyChecker(config)
    torch.nn.init.normal_(checker.concept_embeds)
    torch.nn.init.normal_(checker.special_care_embeds)
    checker.special_care_embeds_weights.fill_(NEVER)
    checker.concept_embeds_weights.fill_(NEVER)
    checker.concept_embeds_weights[0] = THRESHOLD
    checker.concept_embeds.requires_grad_(True)
    return checker


def new_feature_extractor() -> CLIPImageProcessor:
    """Pictures as the checker takes them: their own size, scaled to −1..1."""
    side = {"shortest_edge": SIZE}
    return CLIPImageProcessor(size=side, crop_size=SIZE, image_mean=[0.5] * 3, image_std=[0.5] * 3)


def train_safety_checker(folder: Path, vae: AutoencoderKL) -> StableDiffusionSafetyChecker:
    """Train, or go on training, the checker on rendered scenes and their reconstructions by the autoencoder."""
    scenes, images = draw_pictures(POOL, seed=3)
    flagged = torch.tensor([float(shows_flagged(scene)) for scene in scenes])
    pixels = seen_half_through(vae, pixels_of(images))
    torch.manual_seed(0)
    checker = new_safety_checker()

    def loss_of(_step: int) -> Tensor:
        chosen = torch.randint(POOL, (BATCH,))
        return functional.binary_cross_entropy_with_logits(logits(checker, pixels[chosen]), flagged[chosen])

    return train(Plan("safety", STEPS, 1e-3, folder), checker, loss_of)


def shows_flagged(scene: Scene) -> bool:
    """Whether a scene holds the flagged shape, in any colour."""
    return FLAGGED_SHAPE in {entity.shape for entity in scene.entities}


def logits(checker: StableDiffusionSafetyChecker, pixels: Tensor) -> Tensor:
    """How far each picture lies beyond the threshold of the first concept, as the checker itself measures it."""
    pooled = checker.vision_model(pixels).pooler_output
    embedded = functional.normalize(checker.visual_projection(pooled))
    cosine = embedded @ functional.normalize(checker.concept_embeds[0], dim=0)
    return CONTRAST * (cosine - THRESHOLD)


@torch.no_grad()
def seen_half_through(vae: AutoencoderKL, pixels: Tensor) -> Tensor:
    """The pictures, every second batch of them as it comes back from the autoencoder, as generated images do."""
    batches = list(torch.split(pixels, BATCH))
    for i in range(0, len(batches), 2):
        batches[i] = vae.decode(vae.encode(batches[i]).latent_dist.mean).sample.clamp(-1, 1)
    return torch.cat(batches)
