import pytest

from generation.models import Image
from studies.models import Study
from studies.pair_keys import keys_of
from studies.publishing import publish
from tests.factories_studies import NOON, add_prompt_set, ready_study

pytestmark = pytest.mark.django_db


def _draft(**fields: str) -> Study:
    study = ready_study(conditions=3, prompts=2, **fields)
    add_prompt_set(study, prompts=3, seeds="0-1")
    return study


def test_every_part_of_the_sequence_is_what_the_whole_has_there() -> None:
    study = _draft()
    keys = keys_of(study, list(study.prompt_sets.all()))
    whole = list(keys[0:100])
    assert len(keys) == len(whole) == 2 + 3 * 2
    for start in range(9):
        for stop in range(start, 9):
            assert list(keys[start:stop]) == whole[start:stop]


@pytest.mark.parametrize("design", [Study.Design.TOGETHER, Study.Design.PAIRS])
def test_a_published_study_has_each_pair_once_whether_compared_or_dropped(design: str) -> None:
    study = ready_study(conditions=3, prompts=4, design=design)
    flagged = Image.objects.order_by("pk")[:2]  # of one prompt: two conditions' images
    Image.objects.filter(pk__in=[image.pk for image in flagged]).update(state=Image.State.FLAGGED)
    publish(study, NOON)
    keys = keys_of(study, list(study.prompt_sets.all()))
    compared = {(comparison.prompt_id, comparison.seed) for comparison in study.comparisons.all()}
    assert len(keys) == 4
    assert set(keys[0:4]) == compared | {(flagged[0].prompt_id, 0)}
