import math

import numpy as np
import pytest

from generation.bundled.render import coverage, render
from generation.bundled.world import ALL_SHAPES, COLORS, GROUND, Entity, Placed, Scene

# Areas of the shapes of radius 1, by elementary geometry: a star of n = 5 spikes has 2n triangles of ½·R·r·sin(π/n).
AREAS = {
    "circle": math.pi,
    "square": (2 * 0.86) ** 2,
    "triangle": 1.8 * 2 / 2,
    "star": 10 * 0.5 * 0.42 * math.sin(math.pi / 5),
    "cross": 2 * (2 * 0.97) * (2 * 0.31) - (2 * 0.31) ** 2,
    "ring": math.pi * (1 - 0.25),
    "diamond": 2 * 0.72,
}


@pytest.mark.parametrize("shape", AREAS)
def test_shapes_cover_the_area_that_geometry_gives(shape: str) -> None:
    assert coverage(shape, 32, 32, 25).sum() / 25**2 == pytest.approx(AREAS[shape], rel=0.02)


@pytest.mark.parametrize("shape", ALL_SHAPES)
def test_a_shifted_shape_covers_the_shifted_pixels(shape: str) -> None:
    np.testing.assert_array_equal(np.roll(coverage(shape, 20, 24, 12), (5, 7), axis=(0, 1)), coverage(shape, 27, 29, 12))


def test_a_shape_is_painted_in_its_color_on_plain_ground() -> None:
    image = render(Scene((Placed(Entity("square", "pink"), 20, 20, 10),)))
    assert tuple(image[20, 20]) == COLORS["pink"]
    assert tuple(image[50, 50]) == GROUND


def test_a_blurry_scene_has_softer_edges() -> None:
    placed = (Placed(Entity("square", "black"), 32, 32, 14),)
    sharp, blurry = render(Scene(placed)), render(Scene(placed, blurry=True))
    assert abs(np.diff(blurry.astype(int), axis=1)).max() < 0.5 * abs(np.diff(sharp.astype(int), axis=1)).max()


def test_an_entity_without_a_color_cannot_be_painted() -> None:
    with pytest.raises(ValueError, match="needs a colour"):
        render(Scene((Placed(Entity("star"), 32, 32, 10),)))
