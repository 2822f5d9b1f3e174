import random

import pytest

from generation.bundled.render import render
from generation.bundled.world import Entity, NotOfThisWorld, place
from generation.experiments.related_unrelated.reading import require_of_this_world, shown
from generation.experiments.related_unrelated.study import OFFLINE, PAPER, read_study

CIRCLE = read_study(OFFLINE).prompts[0]  # “a circle”, with “a black circle” as the related negative


def test_images_are_counted_that_show_the_related_thing_and_that_show_the_prompt() -> None:
    scenes = [(Entity("circle", "black"),), (Entity("circle", "red"),), (Entity("star", "red"),)]
    images = [render(place(scene, random.Random(1))) for scene in scenes]
    found = shown(CIRCLE, images)
    assert (found.related, found.correct) == (pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_the_twins_texts_are_of_the_bundled_world() -> None:
    require_of_this_world(read_study(OFFLINE))


def test_other_texts_are_refused_before_anything_is_drawn() -> None:
    with pytest.raises(NotOfThisWorld, match="medieval feast"):
        require_of_this_world(read_study(PAPER))
