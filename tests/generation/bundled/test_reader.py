import numpy as np
import pytest

from generation.bundled.reader import Reading, is_correct, read, score
from generation.bundled.render import render
from generation.bundled.training.scenes import draw_pictures
from generation.bundled.world import GROUND, Entity, Placed, Scene


def scene(*placed: tuple[str, str, float, float]) -> Scene:
    return Scene(tuple(Placed(Entity(shape, color), x, y, 10) for shape, color, x, y in placed))


RED_STAR_BLUE_RING = scene(("star", "red", 16, 16), ("ring", "blue", 46, 40))


def test_995_of_1000_rendered_scenes_are_read_exactly() -> None:
    scenes, images = draw_pictures(1000, seed=31)
    readings = [read(image) for image in images]
    right = sum(r.told and sorted(r.entities) == sorted(s.entities) for r, s in zip(readings, scenes, strict=True))
    assert right >= 995


def test_places_and_sizes_are_read_too() -> None:
    (star, ring) = sorted(read(render(RED_STAR_BLUE_RING)).placed, key=lambda p: p.x)
    assert (star.x, star.y, star.radius) == pytest.approx((16, 16, 10), abs=0.3)
    assert (ring.x, ring.y, ring.radius) == pytest.approx((46, 40, 10), abs=0.3)


def test_an_empty_ground_shows_nothing_that_could_be_told() -> None:
    reading = read(np.full((64, 64, 3), GROUND, np.uint8))
    assert reading.entities == ()
    assert not reading.told


def test_a_shapeless_patch_cannot_be_told() -> None:
    image = render(RED_STAR_BLUE_RING)
    image[50:62, 4:28] = np.array([[220, 40, 40], [45, 90, 210]], np.uint8)[np.arange(24) % 2]
    assert not read(image).told


@pytest.mark.parametrize(
    ("prompt", "right", "worth"),
    [
        ("a red star and a blue ring", True, 1.0),
        ("a blue ring and a star", True, 1.0),
        ("a blue star and a red ring", False, 0.5),
        ("a red star", False, 0.5),
        ("a red star, a blue ring and a pink heart", False, 2 / 3),
        ("a green cross and a green moon", False, 0.0),
    ],
)
def test_a_prompt_is_scored_by_the_entities_it_names(prompt: str, right: bool, worth: float) -> None:
    reading = read(render(RED_STAR_BLUE_RING))
    assert is_correct(reading, prompt) is right
    assert score(reading, prompt) == pytest.approx(worth)


def test_what_cannot_be_told_is_never_correct() -> None:
    assert not is_correct(Reading((Placed(Entity("star", "red"), 9, 9, 9),), told=False, clean=1.0), "a red star")


def test_a_smeared_picture_is_less_clean() -> None:
    smeared = Scene(RED_STAR_BLUE_RING.placed, blurry=True)
    assert read(render(RED_STAR_BLUE_RING)).clean > 0.95 > 0.85 > read(render(smeared)).clean


def test_images_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="64×64"):
        read(np.zeros((32, 32, 3), np.uint8))
