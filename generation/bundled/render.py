"""Scenes of the bundled world as pixels, anti-aliased by supersampling."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from generation.bundled.world import COLORS, GROUND, SIZE, Placed, Scene

Coordinates = NDArray[np.float64]
Inside = NDArray[np.bool_]
Image = NDArray[np.uint8]

SUPERSAMPLING = 4
BLUR_SIGMA = 2.2


def _circle(x: Coordinates, y: Coordinates) -> Inside:
    return x**2 + y**2 <= 1


def _square(x: Coordinates, y: Coordinates) -> Inside:
    return np.maximum(abs(x), abs(y)) <= 0.86


def _triangle(x: Coordinates, y: Coordinates) -> Inside:
    return (y <= 0.8) & (abs(x) <= (y + 1) / 1.8)


def _star(x: Coordinates, y: Coordinates) -> Inside:
    inner, spike = 0.42, math.pi / 5
    angle = abs((np.arctan2(x, -y) + spike) % (2 * spike) - spike)
    edge = inner * math.sin(spike) / (np.sin(angle) * (1 - inner * math.cos(spike)) + np.cos(angle) * inner * math.sin(spike))
    return np.hypot(x, y) <= edge


def _heart(x: Coordinates, y: Coordinates) -> Inside:
    u, v = 1.15 * x, 0.15 - 1.15 * y
    return (u**2 + v**2 - 1) ** 3 <= u**2 * v**3


def _cross(x: Coordinates, y: Coordinates) -> Inside:
    return (np.minimum(abs(x), abs(y)) <= 0.31) & (np.maximum(abs(x), abs(y)) <= 0.97)


def _ring(x: Coordinates, y: Coordinates) -> Inside:
    return (x**2 + y**2 <= 1) & (x**2 + y**2 >= 0.5**2)


def _diamond(x: Coordinates, y: Coordinates) -> Inside:
    return abs(x) / 0.72 + abs(y) <= 1


def _moon(x: Coordinates, y: Coordinates) -> Inside:
    return (x**2 + y**2 <= 1) & ((x - 0.55) ** 2 + y**2 >= 0.8**2)


INSIDE: dict[str, Callable[[Coordinates, Coordinates], Inside]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "star": _star,
    "heart": _heart,
    "cross": _cross,
    "ring": _ring,
    "diamond": _diamond,
    "moon": _moon,
}


def coverage(shape: str, x: float, y: float, radius: float) -> NDArray[np.float64]:
    """The share of each pixel that a shape covers, shape (SIZE, SIZE), in 0..1."""
    across, down = _window(x, radius), _window(y, radius)
    inside = INSIDE[shape](_ticks(across, x, radius)[None, :], _ticks(down, y, radius)[:, None])
    rows, columns = down.stop - down.start, across.stop - across.start
    covered = np.zeros((SIZE, SIZE))
    covered[down, across] = inside.reshape(rows, SUPERSAMPLING, columns, SUPERSAMPLING).mean(axis=(1, 3))
    return covered


def _window(centre: float, radius: float) -> slice:
    """The pixels of one axis that a shape may touch."""
    return slice(max(0, math.floor(centre - 1.2 * radius)), min(SIZE, math.ceil(centre + 1.2 * radius)))


def _ticks(window: slice, centre: float, radius: float) -> Coordinates:
    """The sampling points of a window in units of the shape's radius, from its centre."""
    points = (np.arange(window.start * SUPERSAMPLING, window.stop * SUPERSAMPLING) + 0.5) / SUPERSAMPLING
    return (points - centre) / radius


def render(scene: Scene) -> Image:
    """The picture of a scene, shape (SIZE, SIZE, 3), 8 bits a channel."""
    canvas = np.broadcast_to(np.array(GROUND, float), (SIZE, SIZE, 3)).copy()
    for placed in scene.placed:
        _paint(canvas, placed)
    if scene.blurry:
        canvas = gaussian_filter(canvas, sigma=(BLUR_SIGMA, BLUR_SIGMA, 0))
    return canvas.round().astype(np.uint8)


def _paint(canvas: NDArray[np.float64], placed: Placed) -> None:
    if placed.entity.color is None:
        raise ValueError(f"A {placed.entity.shape} needs a colour to be painted.")
    alpha = coverage(placed.entity.shape, placed.x, placed.y, placed.radius)[:, :, None]
    canvas += alpha * (np.array(COLORS[placed.entity.color], float) - canvas)
