"""The models of all images and of one class, trained from nothing to predict noise (Ho et al., NeurIPS 2020)."""

from collections.abc import Iterable
from pathlib import Path

import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from torch import Tensor

from generation.bundled.training.loop import Plan, train
from generation.denoisers.class_pair import ClassPair
from generation.experiments.class_removal.data import DataSet
from generation.experiments.class_removal.recipes import Recipe

SCHEDULER = {"num_train_timesteps": 1000, "beta_start": 1e-4, "beta_end": 0.02, "beta_schedule": "linear"}
RATE, AVERAGING = 1e-3, 0.995
GROUPS, HEAD = 8, 8


def new_unet(recipe: Recipe) -> UNet2DModel:
    """A UNet of pixels, with attention at its smallest stage always, and at the one above if the recipe says so."""
    plain = ["DownBlock2D", "UpBlock2D"]
    attending = ["AttnDownBlock2D", "AttnUpBlock2D"] if recipe.attends else plain
    stages = [plain] * (len(recipe.widths) - 2) + [attending, plain]
    unet: UNet2DModel = UNet2DModel(
        sample_size=recipe.size,
        in_channels=recipe.channels,
        out_channels=recipe.channels,
        block_out_channels=recipe.widths,
        down_block_types=tuple(down for down, _ in stages),
        up_block_types=tuple(up for _, up in reversed(stages)),
        layers_per_block=1,
        norm_num_groups=GROUPS,
        attention_head_dim=HEAD,
    )
    return unet


def train_pairs(recipe: Recipe, data: DataSet, labels: Iterable[int], folder: Path) -> dict[int, ClassPair]:
    """The pair of each of these classes: trained, or taken from where an earlier call stopped. All share the first model."""
    everything = train_unet(recipe, data.train.images, "everything", recipe.steps, folder)
    return {
        label: ClassPair(
            everything=everything,
            one_class=train_unet(recipe, data.train.of(label), f"class-{label}", recipe.one_class_steps, folder),
            class_name=data.classes[label],
            scheduler_config=SCHEDULER,
        )
        for label in labels
    }


def train_unet(recipe: Recipe, images: Tensor, name: str, steps: int, folder: Path) -> UNet2DModel:
    """A UNet that predicts the noise in such images, kept in the folder under that name."""
    torch.manual_seed(0)
    unet = new_unet(recipe)
    alphas = DDPMScheduler(**SCHEDULER).alphas_cumprod

    def loss_of(_step: int) -> Tensor:
        return noise_loss(unet, images[torch.randint(len(images), (recipe.batch,))], alphas)

    return train(Plan(name, steps, RATE, folder, AVERAGING), unet, loss_of).requires_grad_(False)


def noise_loss(unet: UNet2DModel, images: Tensor, alphas: Tensor) -> Tensor:
    """Squared error of the predicted noise at random timesteps (the objective below eq. 2 of the paper)."""
    noise, timesteps = torch.randn_like(images), torch.randint(len(alphas), (len(images),))
    alpha = alphas[timesteps][:, None, None, None]
    predicted = unet(alpha.sqrt() * images + (1 - alpha).sqrt() * noise, timesteps).sample
    return torch.nn.functional.mse_loss(predicted, noise)
