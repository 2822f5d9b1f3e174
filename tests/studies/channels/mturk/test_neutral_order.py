"""The order that a page of its own holds, its keys and its uploads say nothing of conditions."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from studies.channels.mturk.models import Posting
from studies.channels.mturk.questions.order import shown_order
from studies.channels.mturk.questions_of_hits import key_of
from studies.channels.mturk.sharing import name_images
from studies.models import Comparison, ComparisonImage
from tests.factories_generation import ImageFactory
from tests.factories_studies import study_with_places
from tests.studies.channels.mturk.postings import draft

pytestmark = pytest.mark.django_db
ONE_IN_A_MILLION = 1e-6
MANY = 600  # comparisons


def many(conditions: int) -> Posting:
    """A posting of rows alone, with a key and a place in the neutral order for every image."""
    study = study_with_places(comparisons=MANY, conditions=conditions, votes_wanted=1)
    rows, source = list(study.conditions.order_by("pk")), ImageFactory.create()
    comparisons = list(study.comparisons.order_by("pk"))
    ComparisonImage.objects.bulk_create(
        ComparisonImage(comparison=comparison, condition=row, source=source, file="x.png")
        for comparison in comparisons
        for row in rows
    )
    posting = draft(study, form=Posting.Form.HTML, bucket="pictures")
    name_images(posting, comparisons)
    return posting


def ranks(posting: Posting, what: str) -> Iterator[tuple[int, int]]:
    """Of every image its condition's number and its rank among the images of its comparison, by one of its fields."""
    values = posting.shared_images.values_list("image__comparison", "image__condition", what)
    by_comparison: dict[int, list[tuple[Any, int]]] = {}
    for comparison, condition, value in values:
        by_comparison.setdefault(comparison, []).append((value, condition))
    for alike in by_comparison.values():
        numbers = {condition: number for number, condition in enumerate(sorted(condition for _, condition in alike))}
        yield from ((numbers[condition], rank) for rank, (_, condition) in enumerate(sorted(alike)))


def dependence(pairs: list[tuple[int, int]]) -> float:
    """The p-value of independence (Pearson's chi-square) of two numbers."""
    counted, size = Counter(pairs), 1 + max(first for first, _ in pairs)
    return float(chi2_contingency(np.array([[counted[row, column] for column in range(size)] for row in range(size)])).pvalue)


@pytest.mark.parametrize("conditions", [2, 3, 4])
def test_no_condition_comes_first_by_its_place_its_key_or_its_upload(conditions: int) -> None:
    posting = many(conditions)
    found = {what: dependence(list(ranks(posting, what))) for what in ("position", "key", "pk")}
    assert all(pvalue > ONE_IN_A_MILLION for pvalue in found.values()), found


@pytest.mark.parametrize("conditions", [2, 4])
def test_no_condition_is_shown_first_on_a_page_of_its_own(conditions: int) -> None:
    posting = many(conditions)
    neutral = dict(enumerate(Comparison.objects.filter(study=posting.study).order_by("pk")))
    first, second = ("3TVRFO09GKEPK0QD5Z0IB8HL2Z1XL0", "3SSKZIB56D50BOQQCOODOB096EP76B")
    stored: dict[int, dict[int, int]] = {}
    for shared in posting.shared_images.select_related("image").order_by("position"):
        stored.setdefault(shared.image.comparison_id, {})[shared.position] = shared.image.condition_id
    for assignment in (first, second):
        pairs = []
        for comparison in neutral.values():
            held = stored[comparison.pk]
            numbers = {condition: number for number, condition in enumerate(sorted(held.values()))}
            order = shown_order(assignment, key_of(comparison), conditions)
            pairs += [(numbers[held[index]], position) for position, index in enumerate(order)]
        assert dependence(pairs) > ONE_IN_A_MILLION


def test_an_order_that_was_not_drawn_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random.Random, "sample", lambda _, images, number: list(images)[:number])
    assert dependence(list(ranks(many(2), "position"))) < ONE_IN_A_MILLION
