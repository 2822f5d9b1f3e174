import random
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from analysis.web.heads import Order
from analysis.web.measures import Measures, measures_of
from analysis.web.workers import People
from studies.flagging import qualities_of
from studies.models import Comparison, Session, Study, StudyCondition, Trial, Vote
from tests.analysis.web.voted_studies import SECONDS, answer
from tests.factories_studies import NOON, published_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(settings: Settings, tmp_path: Path) -> Study:
    settings.MEDIA_ROOT = tmp_path
    study = published_study(prompts=4, votes_wanted=3)
    study.criteria.filter(name="correctness").update(has_gold_answer=True)
    return study


def measured(session: Session) -> Measures:
    return measures_of(session.study, rehearsal=session.rehearsal)[session.worker_id]


def add_check(session: Session, kind: Trial.Kind, comparison: Comparison, chosen: StudyCondition | None, **fields: Any) -> None:
    """Give the session an answered trial that only checks the worker."""
    trial = Trial.objects.create(
        session=session,
        worker=session.worker,
        kind=kind,
        comparison=comparison,
        number=50 + session.trials.count(),
        shown=[condition.pk for condition in session.study.conditions.all()],
        state=Trial.State.DONE,
        shown_at=NOON,
        answered_at=NOON,
        **fields,
    )
    for criterion in session.study.criteria.all():
        Vote.objects.create(trial=trial, criterion=criterion, condition=chosen, no_clear_winner=chosen is None)


def test_who_only_votes_has_no_accuracy_and_no_consistency(study: Study) -> None:
    measures = measured(answer(study, [None]))
    assert (measures.gold.percent, measures.repeats.percent) == (None, None)


def test_gold_trials_are_judged_on_the_criteria_that_have_an_answer(study: Study) -> None:
    session = answer(study, [None])
    a, b = study.conditions.all()
    for comparison, chosen in zip(study.comparisons.all(), [a, a, b, None], strict=True):
        gold = Comparison.objects.create(
            study=study, prompt=comparison.prompt, seed=0, kind=Comparison.Kind.GOLD, together="0,1", gold_answer=a
        )
        add_check(session, Trial.Kind.GOLD, gold, chosen)
    assert (measured(session).gold.so, measured(session).gold.total) == (2, 4)


def test_repeats_are_alike_if_the_same_is_chosen_again_be_it_nothing(study: Study) -> None:
    a, b = study.conditions.all()
    session = answer(study, [a, a, None, None])
    for trial, chosen in zip(list(session.trials.all()), [a, b, None, b], strict=True):
        add_check(session, Trial.Kind.REPEAT, trial.comparison, chosen, repeats=trial)
    assert measured(session).repeats.percent == 50


def test_positions_and_ties_are_those_of_real_trials_alone(study: Study) -> None:
    session = answer(study, [None])
    a, _ = study.conditions.all()
    for trial, position in zip(session.trials.open(), [0, 0, 1], strict=True):
        Vote.objects.create(
            trial=trial, criterion=study.criteria.all()[0], condition=StudyCondition.objects.get(pk=trial.shown[position])
        )
        Trial.objects.filter(pk=trial.pk).update(state=Trial.State.DONE, shown_at=NOON, answered_at=NOON)
    first = session.trials.all()[0]
    add_check(session, Trial.Kind.REPEAT, first.comparison, a, repeats=first)
    measures = measured(session)
    assert measures.same_position == 40
    assert measures.ties.percent == 40  # two of five votes


def test_excluded_answers_are_judged_like_others(study: Study) -> None:
    session = answer(study, [None, None])
    session.trials.done().update(state=Trial.State.EXCLUDED)
    assert measured(session).ties.percent == 100
    assert len(measured(session).seconds_each) == 2


def test_seconds_are_those_of_the_visible_page_where_they_are_known(study: Study) -> None:
    session = answer(study, [None, None, None])
    assert measured(session).seconds == SECONDS
    session.trials.done().update(visible_seconds=4)
    assert measured(session).seconds == 4


@pytest.mark.parametrize("is_descending", [True, False])
def test_workers_without_a_number_come_last_however_they_are_sorted(study: Study, is_descending: bool) -> None:
    answer(study, [])
    known = answer(study, [None]).worker
    answer(study, [])
    people = People(study, rehearsal=False)
    rows = people.rows(people.in_order(Order("seconds", is_descending)))
    assert rows[0].worker == known
    assert [row.measures.seconds for row in rows[1:]] == [None, None]


def test_the_measures_are_those_that_flags_are_raised_on(study: Study) -> None:
    draw = random.Random(1)
    choices = [None, *study.conditions.all()]
    gold = [
        Comparison.objects.create(
            study=study, prompt=shown.prompt, seed=0, kind=Comparison.Kind.GOLD, together="0,1", gold_answer=choices[1]
        )
        for shown in study.comparisons.all()
    ]
    for _ in range(3):
        session = answer(study, draw.choices(choices, k=4))
        for trial in list(session.trials.all()):
            add_check(session, Trial.Kind.REPEAT, trial.comparison, draw.choice(choices), repeats=trial)
        for comparison in gold:
            add_check(session, Trial.Kind.GOLD, comparison, draw.choice(choices), expected=1)
    measures, qualities = measures_of(study, rehearsal=False), qualities_of(study, rehearsal=False)
    assert set(measures) == set(qualities)
    for worker, quality in qualities.items():
        found = measures[worker]
        assert found.gold.percent == quality.gold_accuracy
        assert found.repeats.percent == quality.repeat_consistency
        assert found.seconds == quality.median_seconds
        assert found.same_position == quality.most_common_position_share
        assert found.ties.percent == quality.tie_share
        assert len(found.seconds_each) == quality.trials
