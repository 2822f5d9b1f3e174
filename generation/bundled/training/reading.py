"""What the models that read pictures share: their scenes, and a lesson in what lies where.

A transformer that hears only what a whole picture shows needs long to find the shapes in it. Told of each patch which shape in
which colour covers it, it learns in a fraction of the time; the layer that answers is left out of the finished model.
"""

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from generation.bundled.render import Image, render
from generation.bundled.training.scenes import draw_any_scene, pixels_of
from generation.bundled.world import ALL_SHAPES, COLORS, SIZE, Scene

POOL = 48_000
SEED = 10
DRAWN_EVERY = 3  # one batch of so many comes back from the autoencoder, as generated images do
BATCH = 64
PATCH = 8
PATCHES = (SIZE // PATCH) ** 2
NAMES = ("ground", *ALL_SHAPES), ("ground", *COLORS)


@dataclass(frozen=True)
class Pool:
    """Scenes with their pictures, 8 bits, (rows, SIZE, SIZE, 3), and what covers each patch, (rows, PATCHES, 2)."""

    scenes: list[Scene]
    images: Image
    covered: Tensor

    def pixels(self, rows: Tensor) -> Tensor:
        """The pictures of these rows as models take them: (rows, 3, SIZE, SIZE) in −1..1."""
        return pixels_of(self.images[rows.numpy()])


def reading_pool(folder: Path, vae: AutoencoderKL, count: int = POOL) -> Pool:
    """The scenes of all trainings, the same in each; their pictures are kept in a file, as drawing them takes minutes."""
    draw = random.Random(SEED)
    scenes = [draw_any_scene(draw) for _ in range(count)]
    file = folder / f"pictures-{count}.npy"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part.npy")
        np.save(unfinished, seen_in_part_through(vae, np.stack([render(scene) for scene in scenes])))
        unfinished.replace(file)
    return Pool(scenes, np.load(file, mmap_mode="r"), torch.from_numpy(np.stack([covered(scene) for scene in scenes])).long())


@torch.no_grad()
def seen_in_part_through(vae: AutoencoderKL, images: Image) -> Image:
    """The pictures, every DRAWN_EVERY-th batch of them as it comes back from the autoencoder."""
    seen = images.copy()
    for start in range(0, len(images), DRAWN_EVERY * BATCH):
        pixels = pixels_of(images[start : start + BATCH])
        decoded = vae.decode(vae.encode(pixels).latent_dist.mean).sample.clamp(-1, 1)
        seen[start : start + BATCH] = ((decoded + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    return seen


def in_bfloat16() -> torch.autocast:
    """Matrices multiplied in bfloat16, which takes well under half the time where the processor knows it."""
    return torch.autocast("cpu", torch.bfloat16)


def covered(scene: Scene) -> NDArray[np.int8]:
    """The shape and the colour that cover each patch, as numbers in NAMES, row by row: (PATCHES, 2); 0 is the ground."""
    middle = np.arange(SIZE // PATCH) * PATCH + PATCH / 2
    labels = np.zeros((SIZE // PATCH, SIZE // PATCH, 2), np.int8)
    for placed in scene.placed:
        near = np.hypot(middle[None, :] - placed.x, middle[:, None] - placed.y) <= placed.radius + PATCH / 4
        labels[near] = [NAMES[0].index(placed.entity.shape), NAMES[1].index(str(placed.entity.color))]
    return labels.reshape(PATCHES, 2)


class PatchReader(nn.Module):
    """Says of each patch what covers it: one linear layer on a vision tower's last hidden state."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.answer = nn.Linear(width, sum(map(len, NAMES)))

    def loss(self, hidden: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy of shapes plus that of colours; hidden: (rows, 1 + PATCHES, width), labels: (rows, PATCHES, 2)."""
        shapes, colors = self.answer(hidden[:, 1:]).split([len(names) for names in NAMES], dim=-1)
        return functional.cross_entropy(shapes.flatten(0, 1), labels[..., 0].flatten()) + functional.cross_entropy(
            colors.flatten(0, 1), labels[..., 1].flatten()
        )
