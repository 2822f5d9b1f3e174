import pytest

from generation.models import Image
from studies.comparisons import grid_of
from studies.models import StudyPromptSet
from studies.tallies import tallies_of
from tests.factories_generation import ImageFactory
from tests.factories_studies import add_prompt_set, ready_study

pytestmark = pytest.mark.django_db
ALL, DRAWN, LISTED = StudyPromptSet.Selection.ALL, StudyPromptSet.Selection.DRAWN, StudyPromptSet.Selection.LISTED


def _chosen(selection: str, number: int | None, seeds: str = "0") -> StudyPromptSet:
    """A prompt set of six prompts: a flagged image, a failed one, one that is not planned, and each other's images done."""
    study = ready_study(conditions=3, prompts=0)
    prompts = add_prompt_set(study, prompts=6)
    first, second, third = (row.condition for row in study.conditions.all())
    Image.objects.filter(prompt=prompts[0], condition=first).update(state=Image.State.FLAGGED)
    Image.objects.filter(prompt=prompts[1], condition=second).update(state=Image.State.FAILED)
    Image.objects.filter(prompt=prompts[2], condition=third).delete()
    ImageFactory.create(prompt=prompts[3], seed=7, condition=first, state=Image.State.QUEUED)
    listed = "\n".join(f"0 {prompt}" for prompt in prompts[:4])
    study.prompt_sets.update(selection=selection, number=number, pairs=listed, seeds=seeds)
    return study.prompt_sets.get()


@pytest.mark.parametrize("selection", [(ALL, None), (DRAWN, 2), (DRAWN, 3), (DRAWN, 5), (LISTED, None)])
@pytest.mark.parametrize("seeds", ["0", "0-1", "0, 7"])
def test_the_database_counts_what_is_counted_one_by_one(selection: tuple[str, int | None], seeds: str) -> None:
    chosen = _chosen(*selection, seeds)
    conditions = list(chosen.study.conditions.all())
    assert tallies_of([chosen], conditions) == [grid_of(chosen, conditions).tally()]


def test_pairs_that_can_be_shown_are_counted_no_further_than_are_wanted() -> None:
    chosen = _chosen(DRAWN, 5)
    conditions = list(chosen.study.conditions.all())
    assert tallies_of([chosen], conditions)[0].ready == 3  # six without the flagged, the failed and the missing one
    chosen.number = 2
    assert tallies_of([chosen], conditions)[0].ready == 2


def test_nothing_can_be_shown_where_each_pair_lacks_an_image() -> None:
    chosen = _chosen(ALL, None)
    Image.objects.filter(condition=chosen.study.conditions.all()[0].condition).exclude(prompt__in=[1]).delete()
    conditions = list(chosen.study.conditions.all())
    assert tallies_of([chosen], conditions)[0].ready == 0


def test_prompt_sets_are_counted_apart_whether_or_not_their_seeds_are_alike() -> None:
    study = ready_study(conditions=2, prompts=3)
    add_prompt_set(study, prompts=2)
    add_prompt_set(study, prompts=4, seeds="0-1")
    Image.objects.filter(pk=Image.objects.order_by("pk")[0].pk).update(state=Image.State.FAILED)
    chosen, conditions = list(study.prompt_sets.all()), list(study.conditions.all())
    tallies = tallies_of(chosen, conditions)
    assert tallies == [grid_of(each, conditions).tally() for each in chosen]
    assert [tally.states[0] for tally in tallies] == [{"done": 2, "failed": 1}, {"done": 2}, {"done": 4, "missing": 4}]
