"""The key of a study's results changes whenever they could."""

import pytest

from analysis.web.results_key import key_of
from generation.models import Prompt
from tests.analysis.web.voted_studies import answer
from tests.factories_studies import published_study

pytestmark = pytest.mark.django_db


def test_a_vote_makes_another_key() -> None:
    study = published_study(prompts=1)
    before = key_of(study, rehearsal=False)
    assert key_of(study, rehearsal=False) == before
    answer(study, [None])
    assert key_of(study, rehearsal=False) != before


def test_another_subset_of_a_prompt_makes_another_key() -> None:
    study = published_study(prompts=2)
    before = key_of(study, rehearsal=False)
    Prompt.objects.filter(pk=Prompt.objects.latest("pk").pk).update(subset="animals")
    assert key_of(study, rehearsal=False) != before
