import pytest

from generation.models import Image, Prompt
from studies.comparisons import Plan, grid_of, plan_of
from studies.models import Study, StudyPromptSet
from tests.factories_studies import add_prompt_set, ready_study


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
