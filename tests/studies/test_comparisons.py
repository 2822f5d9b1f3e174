import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.models import Image, Prompt
from studies.comparisons import Plan, balanced_orders, grid_of, plan_of
from studies.models import Study, StudyPromptSet
from tests.factories_studies import add_prompt_set, ready_study


@given(items=st.integers(2, 4), number=st.integers(0, 25), seed=st.integers())
def test_each_condition_stands_at_each_position_equally_often(items: int, number: int, seed: int) -> None:
    orders = balanced_orders(range(items), number, random.Random(seed))
    assert len(orders) == number
    assert all(sorted(order) == list(range(items)) for order in orders)
    for position in range(items):
        counts = [sum(order[position] == item for order in orders) for item in range(items)]
        assert max(counts) - min(counts) <= 1


@given(items=st.integers(2, 4), number=st.integers(1, 25), seed=st.integers())
def test_orders_are_the_same_for_the_same_seed_and_as_balanced_while_votes_are_missing(
    items: int, number: int, seed: int
) -> None:
    orders = balanced_orders(range(items), 25, random.Random(seed))
    assert balanced_orders(range(items), number, random.Random(seed)) == orders[:number]


def test_all_orders_of_two_and_three_conditions_occur() -> None:
    for items, orders in ((2, 2), (3, 6)):
        seen = {tuple(order) for seed in range(50) for order in balanced_orders(range(items), 2, random.Random(seed))}
        assert len(seen) == orders


def _plan(study: Study) -> Plan:
    conditions = list(study.conditions.all())
    return plan_of(study, [grid_of(chosen, conditions) for chosen in study.prompt_sets.all()])


def _flag(study: Study, prompt: Prompt, row: int = 0) -> None:
    condition = study.conditions.all()[row].condition
    Image.objects.filter(prompt=prompt, condition=condition).update(state=Image.State.FLAGGED)


@pytest.mark.django_db
def test_one_flagged_image_drops_its_pair_for_all_conditions() -> None:
    study = ready_study(conditions=3, prompts=0)
    clean, dropped = add_prompt_set(study, prompts=2)
    _flag(study, dropped, row=1)
    plan = _plan(study)
    assert [pair.prompt for pair in plan.images] == [clean]
    assert [(flagged.pair.prompt, str(flagged.condition)) for flagged in plan.flagged] == [(dropped, "Method B")]


@pytest.mark.django_db
def test_a_pair_flagged_twice_counts_for_both_conditions() -> None:
    study = ready_study(prompts=0)
    _, dropped = add_prompt_set(study, prompts=2)
    _flag(study, dropped, row=0)
    _flag(study, dropped, row=1)
    assert [str(flagged.condition) for flagged in _plan(study).flagged] == ["Method A", "Method B"]


@pytest.mark.django_db
def test_pairs_are_drawn_from_those_that_are_left_after_the_drops() -> None:
    study = ready_study(prompts=0)
    prompts = add_prompt_set(study, prompts=6, selection=StudyPromptSet.Selection.DRAWN, number=5)
    _flag(study, prompts[2])
    assert {pair.prompt for pair in _plan(study).images} == {*prompts} - {prompts[2]}


@pytest.mark.django_db
def test_the_seed_of_the_study_draws_the_pairs() -> None:
    study = ready_study(prompts=0)
    add_prompt_set(study, prompts=8, selection=StudyPromptSet.Selection.DRAWN, number=3)
    draws = []
    for study.seed in (0, 0, *range(1, 10)):
        draws.append([pair.prompt.pk for pair in _plan(study).images])
    assert draws[0] == draws[1]
    assert len({frozenset(draw) for draw in draws}) > 1


@pytest.mark.django_db
def test_listed_pairs_are_taken_and_no_others() -> None:
    study = ready_study(prompts=0)
    prompts = add_prompt_set(study, prompts=3)
    study.prompt_sets.update(selection=StudyPromptSet.Selection.LISTED, pairs=f"0 {prompts[1]}\n0 {prompts[2]}")
    assert [pair.prompt for pair in _plan(study).images] == prompts[1:]


@pytest.mark.django_db
def test_images_stand_in_the_order_of_the_tables_rows() -> None:
    study = ready_study(conditions=3, prompts=1)
    (images,) = _plan(study).images.values()
    assert [image.condition for image in images] == [row.condition for row in study.conditions.order_by("position")]
