"""What the bundled model is trained on: rendered scenes with their prompts, without the held-out combinations."""

import random

import numpy as np
import torch
from torch import Tensor

from generation.bundled.render import Image, render
from generation.bundled.world import ALL_SHAPES, COLORS, Entity, Scene, is_held_out, place, prompt_of

ENTITY_COUNTS = (1, 2, 3)
CountWeights = tuple[int, int, int]
COUNT_WEIGHTS: CountWeights = (20, 40, 40)
BLURRY_SHARE = 0.07
OPEN_COLOR_SHARE = 0.1  # of the entities in a prompt, so that "a star" without a colour is understood too
ALL_ENTITIES = tuple(Entity(shape, color) for shape in ALL_SHAPES for color in COLORS)
TRAINABLE = tuple(entity for entity in ALL_ENTITIES if not is_held_out((entity,)))


def draw_scene(draw: random.Random, count_weights: CountWeights = COUNT_WEIGHTS) -> Scene:
    """A random scene that holds no held-out combination; count_weights say how often it has one, two, three entities."""
    (count,) = draw.choices(ENTITY_COUNTS, count_weights)
    while is_held_out(entities := tuple(draw.sample(TRAINABLE, count))):
        pass
    return place(entities, draw, blurry=draw.random() < BLURRY_SHARE)


def draw_any_scene(draw: random.Random) -> Scene:
    """A random scene of all that there is, held-out combinations too: for models that read pictures and draw none."""
    (count,) = draw.choices(ENTITY_COUNTS, COUNT_WEIGHTS)
    return place(tuple(draw.sample(ALL_ENTITIES, count)), draw, blurry=draw.random() < BLURRY_SHARE)


def draw_prompt(scene: Scene, draw: random.Random) -> str:
    """A true prompt of a scene: its entities in random order, some without their colour."""
    entities = draw.sample(scene.entities, len(scene.entities))
    said = tuple(Entity(e.shape, None if draw.random() < OPEN_COLOR_SHARE else e.color) for e in entities)
    return prompt_of(said, scene.blurry)


def draw_pictures(count: int, seed: int, count_weights: CountWeights = COUNT_WEIGHTS) -> tuple[list[Scene], Image]:
    """Scenes and their pictures, shape (count, SIZE, SIZE, 3), the same for the same seed."""
    draw = random.Random(seed)
    scenes = [draw_scene(draw, count_weights) for _ in range(count)]
    return scenes, np.stack([render(scene) for scene in scenes])


def pixels_of(images: Image) -> Tensor:
    """8-bit images (rows, height, width, 3) as the VAE takes them: (rows, 3, height, width) in −1..1."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1
