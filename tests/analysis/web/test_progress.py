from pathlib import Path

import pytest
from pytest_django import Settings

from analysis.web.heads import Order
from analysis.web.least_filled import COLUMNS, LISTED, least_filled
from analysis.web.progress import progress_of, whole_of
from studies.models import Report, Trial
from studies.publishing import publish
from tests.analysis.web.voted_studies import answer
from tests.factories_studies import NOON, add_prompt_set, published_study, ready_study, study_with_places

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def image_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_comparisons_are_counted_by_their_votes() -> None:
    study = published_study(prompts=3, votes_wanted=2)
    answer(study, [None, None, None])
    answer(study, [None, None])
    progress = progress_of(study, rehearsal=False)
    assert progress.histogram() == [(0, 0), (1, 1), (2, 2)]
    assert (progress.done, progress.total, progress.missing, progress.full) == (5, 6, 1, 2)


def test_people_and_the_rehearsal_are_counted_apart() -> None:
    study = published_study(prompts=3, votes_wanted=2)
    answer(study, [None, None], rehearsal=True)
    assert progress_of(study, rehearsal=False).done == 0
    assert progress_of(study, rehearsal=True).done == 2


def test_prompt_sets_have_their_own_numbers() -> None:
    study = ready_study(prompts=2, votes_wanted=3)
    add_prompt_set(study, prompts=4)
    publish(study, NOON)
    answer(study, [None] * 5)
    sets = progress_of(study, rehearsal=False).prompt_sets()
    assert [(prompts.comparisons, prompts.wanted) for prompts in sets] == [(2, 6), (4, 12)]
    assert sum(prompts.done for prompts in sets) == 5
    assert sum(prompts.waiting for prompts in sets) == 1


def test_the_least_filled_comparisons_come_first_and_full_ones_are_not_listed() -> None:
    study = published_study(prompts=3, votes_wanted=2)
    answer(study, [None, None, None])
    answer(study, [None])
    listed = least_filled(study, study.votes_wanted, Order("votes", is_descending=False), rehearsal=False)
    assert [row.done for row in listed] == [1, 1]


def test_what_workers_reported_can_be_listed_first() -> None:
    study = published_study(prompts=3, votes_wanted=2)
    session = answer(study, [None])
    broken = session.trials.open().first()
    assert broken
    broken.report_broken("grey", NOON)
    listed = least_filled(study, study.votes_wanted, Order("reports", is_descending=True), rehearsal=False)
    assert (listed[0].comparison, listed[0].reports) == (broken.comparison, 1)
    assert [row.reports for row in listed[1:]] == [0, 0]


def test_no_more_than_some_comparisons_are_listed() -> None:
    study = study_with_places(comparisons=LISTED + 5)
    assert len(least_filled(study, study.votes_wanted, Order("votes", is_descending=False), rehearsal=False)) == LISTED


def test_the_whole_is_what_its_prompt_sets_come_to() -> None:
    study = ready_study(prompts=2, votes_wanted=3)
    add_prompt_set(study, prompts=4)
    publish(study, NOON)
    answer(study, [None] * 6)
    answer(study, [None] * 2)
    progress, whole = progress_of(study, rehearsal=False), whole_of(study, rehearsal=False)
    for one in ("done", "total", "missing", "full", "comparisons"):
        assert getattr(whole, one) == getattr(progress, one)
    assert (whole.done, whole.total, whole.histogram()) == (8, 18, progress.histogram())


def test_comparisons_are_listed_as_if_all_of_them_were_sorted() -> None:
    """Whatever the order: those with trials, those without, and those reported as broken."""
    study = study_with_places(comparisons=LISTED + 5, votes_wanted=2, trials_per_session=7)
    for answered in (7, 4, 2):
        session = answer(study, [None] * answered)
    session.trials.open().first().report_broken("grey", NOON)  # type: ignore[union-attr]
    numbers = {pk: [0, 0, 0] for pk in study.comparisons.values_list("pk", flat=True)}
    for trial in Trial.objects.filter(session__study=study):
        numbers[trial.comparison_id][0] += trial.state == "done"
        numbers[trial.comparison_id][1] += trial.state == "open"
        numbers[trial.comparison_id][2] += Report.objects.filter(trial=trial).exists()
    for place, (column, _) in enumerate(COLUMNS):
        for is_descending in (False, True):
            listed = least_filled(study, 2, Order(column, is_descending), rehearsal=False)
            lacking = [pk for pk, (done, _, reports) in numbers.items() if done < 2 or reports]
            sign = -1 if is_descending else 1
            lacking.sort(key=lambda pk: (sign * numbers[pk][place], numbers[pk][0], pk))
            assert [row.comparison.pk for row in listed] == lacking[:LISTED]
