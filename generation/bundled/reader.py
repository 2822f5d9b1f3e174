"""The exact reader of the bundled world: which shapes in which colours are really in an image.

It needs no learning: pictures of the world are plain, so each patch that differs from the ground is measured against the
renderer's own templates. What it cannot tell it says so, and that counts as wrong.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, gaussian_filter, label
from scipy.optimize import linear_sum_assignment

from generation.bundled.render import BLUR_SIGMA, Image, coverage
from generation.bundled.world import ALL_SHAPES, COLORS, GROUND, RADII, SIZE, Entity, Placed, entities_of

Pixels = NDArray[np.float64]
Mask = NDArray[np.bool_]

FOREGROUND = 30.0  # least distance from the ground, in 8-bit RGB units, of a pixel that shows something
SMALLEST_PATCH = 14  # pixels; less is a speck, not an entity
COLOR_TOLERANCE = 40.0
WEAKEST_PAINT = 0.4  # least share of its colour in the strongest pixels of a blurry shape
COLOR_AGREEMENT = 0.6  # least share of a patch's strongest pixels that must be of its colour
SHAPE_TOLERANCE = 0.34  # most disagreement with a template, as a share of the patch's area
SHAPE_MARGIN = 0.01  # least lead of the best template over the next
SMALLEST_RADIUS = 0.8 * min(low for low, _ in RADII.values())
SHAPE_CREDIT = 0.5  # of an entity with the right shape in a wrong colour

_GROUND = np.array(GROUND, float)
_PALETTE = np.array(list(COLORS.values()), float)
_NAMES = tuple(COLORS)


@dataclass(frozen=True)
class Reading:
    """What an image shows.

    placed: the shapes that could be told; told: whether that is all there is; clean: the share of the picture's foreground
    that these shapes explain, 0..1, a measure of how well it is drawn.
    """

    placed: tuple[Placed, ...]
    told: bool
    clean: float

    @property
    def entities(self) -> tuple[Entity, ...]:
        return tuple(p.entity for p in self.placed)


def read(image: Image) -> Reading:
    """Read an image of the world, shape (SIZE, SIZE, 3), 8 bits a channel."""
    pixels = np.asarray(image, float)
    if pixels.shape != (SIZE, SIZE, 3):
        raise ValueError(f"An image of the bundled world is {SIZE}×{SIZE} RGB, not of shape {pixels.shape}.")
    patches = _patches(pixels)
    found = [_entity(pixels, patch) for patch in patches]
    placed = tuple(p for p in found if p is not None)
    return Reading(placed, told=bool(found) and None not in found, clean=_explained(pixels, placed))


def is_correct(reading: Reading, prompt: str) -> bool:
    """Whether an image shows exactly what its prompt names; a colour that the prompt leaves open may be any."""
    wanted = entities_of(prompt)
    if not reading.told or len(reading.entities) != len(wanted):
        return False
    return _credits(reading.entities, wanted) == len(wanted)


def score(reading: Reading, prompt: str) -> float:
    """How much of the prompt an image shows, 0..1: entities right, half for a right shape, divided by what is there."""
    wanted = entities_of(prompt)
    return _credits(reading.entities, wanted) / max(len(wanted), len(reading.entities))


def _credits(seen: tuple[Entity, ...], wanted: tuple[Entity, ...]) -> float:
    gain = np.array([[_credit(s, w) for w in wanted] for s in seen]).reshape(len(seen), len(wanted))
    rows, columns = linear_sum_assignment(gain, maximize=True)
    return float(gain[rows, columns].sum())


def _credit(seen: Entity, wanted: Entity) -> float:
    if seen.shape != wanted.shape:
        return 0.0
    return 1.0 if wanted.color in (None, seen.color) else SHAPE_CREDIT


def _patches(pixels: Pixels) -> list[Mask]:
    """Connected patches that differ from the ground."""
    labels, count = label(np.linalg.norm(pixels - _GROUND, axis=2) > FOREGROUND, structure=np.ones((3, 3)))
    masks = [labels == number for number in range(1, count + 1)]
    return [mask for mask in masks if mask.sum() >= SMALLEST_PATCH]


def _entity(pixels: Pixels, patch: Mask) -> Placed | None:
    """The shape that a patch is, or None if its colour or its shape cannot be told."""
    color = _color(pixels, patch)
    if color is None:
        return None
    alpha = _alpha(pixels, patch, color)
    best, runner_up, *_ = [*sorted(filter(_is_of_this_world, (_fit(alpha, shape) for shape in ALL_SHAPES))), _NO_FIT, _NO_FIT]
    if best.error > SHAPE_TOLERANCE or runner_up.error - best.error < SHAPE_MARGIN:
        return None
    return Placed(Entity(best.shape, color), best.x, best.y, best.radius)


def _color(pixels: Pixels, patch: Mask) -> str | None:
    """The colour whose mixtures with the ground lie nearest to the patch's strongest pixels."""
    strength = np.linalg.norm(pixels[patch] - _GROUND, axis=1)
    distances = _distances(pixels[patch][strength >= np.quantile(strength, 0.75)])
    best = int(np.median(distances, axis=0).argmin())
    agreement = (distances.argmin(axis=1) == best).mean()
    if np.median(distances[:, best]) > COLOR_TOLERANCE or agreement < COLOR_AGREEMENT:
        return None
    return _NAMES[best]


def _distances(core: Pixels) -> Pixels:
    """From each pixel to each colour mixed with at most 1 − WEAKEST_PAINT of the ground, shape (pixels, colours)."""
    paint = _PALETTE - _GROUND
    alpha = ((core - _GROUND) @ paint.T / (paint**2).sum(axis=1)).clip(WEAKEST_PAINT, 1)
    mixed = _GROUND + alpha[:, :, None] * paint
    distances: Pixels = np.linalg.norm(core[:, None] - mixed, axis=2)
    return distances


def _alpha(pixels: Pixels, patch: Mask, color: str) -> Pixels:
    """How much of each pixel a shape of this colour covers, 0..1, near the patch and 0 elsewhere."""
    paint = np.array(COLORS[color], float) - _GROUND
    alpha = ((pixels - _GROUND) @ paint / (paint @ paint)).clip(0, 1)
    near = binary_dilation(patch, iterations=2)
    result: Pixels = np.where(near, alpha, 0.0)
    return result


@dataclass(frozen=True, order=True)
class _Fit:
    """A template laid over a patch, and how much the two disagree as a share of the patch's area."""

    error: float
    shape: str
    x: float
    y: float
    radius: float


_NO_FIT = _Fit(math.inf, "", 0, 0, 0)


def _is_of_this_world(fit: _Fit) -> bool:
    return fit.radius >= SMALLEST_RADIUS


def _fit(alpha: Pixels, shape: str) -> _Fit:
    """The template of equal area and centroid, sharp or blurry, whichever agrees better."""
    area = float(alpha.sum())
    unit_area, unit_x, unit_y = _moments(shape)
    radius = float(np.sqrt(area / unit_area))
    ticks = np.arange(SIZE) + 0.5
    x = float(alpha.sum(axis=0) @ ticks / area) - unit_x * radius
    y = float(alpha.sum(axis=1) @ ticks / area) - unit_y * radius
    sharp = coverage(shape, x, y, radius)
    error = min(abs(alpha - template).sum() for template in (sharp, gaussian_filter(sharp, BLUR_SIGMA)))
    return _Fit(float(error / area), shape, x, y, radius)


@functools.cache
def _moments(shape: str) -> tuple[float, float, float]:
    """Area and centroid of a shape of radius 1."""
    radius, centre = SIZE / 4, SIZE / 2
    mask = coverage(shape, centre, centre, radius)
    ticks = (np.arange(SIZE) + 0.5 - centre) / radius
    area = float(mask.sum())
    return area / radius**2, float(mask.sum(axis=0) @ ticks / area), float(mask.sum(axis=1) @ ticks / area)


def _explained(pixels: Pixels, placed: tuple[Placed, ...]) -> float:
    """1 − (difference from the picture of the read shapes) / (difference of that picture and the image from the ground)."""
    drawn = np.broadcast_to(_GROUND, pixels.shape).copy()
    for p in placed:
        alpha = coverage(p.entity.shape, p.x, p.y, p.radius)[:, :, None]
        drawn += alpha * (np.array(COLORS[p.entity.color or ""], float) - drawn)
    shown = np.maximum(abs(pixels - _GROUND), abs(drawn - _GROUND)).sum()
    return float(np.clip(1 - abs(pixels - drawn).sum() / max(shown, 1.0), 0, 1))
