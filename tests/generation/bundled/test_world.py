import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.bundled.training.scenes import TRAINABLE, draw_scene
from generation.bundled.world import (
    ALL_SHAPES,
    COLORS,
    ENTITIES,
    GAP,
    NEVER_TRAINED,
    Entity,
    NotOfThisWorld,
    entities_of,
    is_held_out,
    place,
    prompt_of,
)

entities = st.builds(Entity, st.sampled_from(ALL_SHAPES), st.none() | st.sampled_from(list(COLORS)))


def test_prompts_follow_the_attend_and_excite_template() -> None:
    assert prompt_of((Entity("star", "orange"), Entity("ring", "blue"))) == "an orange star and a blue ring"


def test_three_entities_are_listed_with_a_comma() -> None:
    prompt = prompt_of((Entity("star", "red"), Entity("ring"), Entity("heart", "pink")), blurry=True)
    assert prompt == "a red star, a ring and a pink heart, blurry"


@given(st.lists(entities, min_size=1, max_size=3).map(tuple), st.booleans())
def test_a_prompt_gives_back_the_entities_it_was_made_of(wanted: tuple[Entity, ...], blurry: bool) -> None:
    assert entities_of(prompt_of(wanted, blurry)) == wanted


@pytest.mark.parametrize(
    "prompt", ["", "a cat", "red star", "a star a ring", "a teal star", "a star, a ring, a star and a star"]
)
def test_other_texts_are_not_of_this_world(prompt: str) -> None:
    with pytest.raises(NotOfThisWorld):
        entities_of(prompt)


def test_colors_are_those_of_the_papers_table_1() -> None:
    # Desai & Vasconcelos (2024), supplement, Table 1
    assert list(COLORS) == ["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "gray", "black", "white"]


def test_every_shape_and_color_is_trained_though_not_every_combination() -> None:
    assert len(NEVER_TRAINED) == 8
    assert {e.shape for e in TRAINABLE} == set(ALL_SHAPES)
    assert {e.color for e in TRAINABLE} == set(COLORS)


def test_about_a_fifth_of_the_pairs_is_held_out_whatever_their_order() -> None:
    seen = [e for e in ENTITIES if e not in NEVER_TRAINED]
    pairs = [(a, b) for a in seen for b in seen if a < b]
    share = sum(is_held_out(pair) for pair in pairs) / len(pairs)
    assert 0.17 < share < 0.23
    assert all(is_held_out((a, b)) == is_held_out((b, a)) for a, b in pairs)


def test_training_scenes_hold_no_held_out_combination() -> None:
    draw = random.Random(0)
    assert not any(is_held_out(draw_scene(draw).entities) for _ in range(500))


@given(st.integers(0, 10_000))
def test_entities_of_a_scene_stand_apart_and_inside(seed: int) -> None:
    a, b, c = place((Entity("star", "red"), Entity("ring", "blue"), Entity("heart", "pink")), random.Random(seed)).placed
    for one, other in ((a, b), (a, c), (b, c)):
        assert (one.x - other.x) ** 2 + (one.y - other.y) ** 2 >= (one.radius + other.radius + GAP) ** 2
    assert all(p.radius < p.x < 64 - p.radius and p.radius < p.y < 64 - p.radius for p in (a, b, c))
