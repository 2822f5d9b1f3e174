import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from studies.allocation import open_session
from studies.check_trials import DISTANCE, Asked, Kind, Step, steps
from studies.models import Comparison, Session, Study, Trial, Worker
from tests.factories_studies import NOON, WorkerFactory, choose_first, images_of, published_study
from tests.studies.checked import checked_study

ASKED = st.builds(Asked, st.integers(0, 5), st.integers(0, 8), st.integers(0, 8), st.integers(0, 8))
SEEDS = st.integers(0, 2**32)


def _session(study: Study, worker: Worker | None = None, *, rehearsal: bool = False) -> Session:
    return open_session(study, worker or WorkerFactory.create(), rehearsal=rehearsal, now=NOON)


def _finish(session: Session) -> None:
    while trial := session.next_trial():
        trial.record(choose_first(trial), NOON)


# The order


@given(st.integers(1, 40), ASKED, SEEDS)
def test_every_real_trial_stands_once_and_in_its_order(trials: int, asked: Asked, seed: int) -> None:
    order = steps(trials, asked, random.Random(seed))
    assert [step.of for step in order if step.kind == Kind.VOTE] == list(range(trials))


@given(st.integers(1, 40), ASKED, SEEDS)
def test_practice_comes_first_and_no_gold_comes_twice(trials: int, asked: Asked, seed: int) -> None:
    order = steps(trials, asked, random.Random(seed))
    assert order[: asked.practice] == [Step(Kind.PRACTICE, number) for number in range(asked.practice)]
    golds = [step.of for step in order if step.kind in (Kind.PRACTICE, Kind.GOLD)]
    assert sorted(golds) == list(range(asked.practice + asked.gold))


@given(st.integers(3, 40), SEEDS, st.data())
def test_there_are_as_many_checks_of_each_kind_as_asked_for(trials: int, seed: int, data: st.DataObject) -> None:
    repeats = data.draw(st.integers(0, trials - 1))
    asked = Asked(repeats=repeats, attention=data.draw(st.integers(0, trials - 1 - repeats)), gold=data.draw(st.integers(0, 9)))
    counts = Counter(step.kind for step in steps(trials, asked, random.Random(seed)))
    assert (counts[Kind.GOLD], counts[Kind.REPEAT], counts[Kind.ATTENTION]) == (asked.gold, asked.repeats, asked.attention)


@given(st.integers(1, 40), ASKED, SEEDS)
def test_images_come_again_at_most_once_and_some_trials_after_they_were_judged(trials: int, asked: Asked, seed: int) -> None:
    order = steps(trials, asked, random.Random(seed))
    again = [(place, step) for place, step in enumerate(order) if step.kind in (Kind.REPEAT, Kind.ATTENTION)]
    assert all(place - order.index(Step(Kind.VOTE, step.of)) >= DISTANCE for place, step in again)
    assert len({step.of for _, step in again}) == len(again)


def test_checks_stand_anywhere() -> None:
    asked = Asked(gold=1)
    places = [steps(4, asked, random.Random(seed)).index(Step(Kind.GOLD, 0)) for seed in range(200)]
    assert set(places) == {0, 1, 2, 3, 4}


# The trials


@pytest.mark.django_db
def test_a_session_has_the_checks_that_the_plan_asks_for() -> None:
    session = _session(checked_study(prompts=12, trials_per_session=10, practice_trials=2))
    trials = list(session.trials.order_by("number"))
    assert [trial.number for trial in trials] == list(range(1, 18))
    # A fifth of ten trials as gold, as repeats, and a tenth as attention checks; practice is asked for by number.
    assert Counter(trial.kind for trial in trials) == {"practice": 2, "vote": 10, "gold": 2, "repeat": 2, "attention": 1}
    assert [trial.kind for trial in trials[:2]] == ["practice", "practice"]


@pytest.mark.django_db
def test_a_rehearsal_has_the_same_checks() -> None:
    study = checked_study(prompts=6, trials_per_session=5)
    real, rehearsal = _session(study), _session(study, rehearsal=True)
    assert Counter(real.trials.values_list("kind")) == Counter(rehearsal.trials.values_list("kind"))


@pytest.mark.django_db
def test_gold_and_practice_expect_the_image_of_the_prompt_wherever_it_stands() -> None:
    study = checked_study(conditions=3, prompts=8, trials_per_session=8, practice_trials=2)
    golds = _session(study).trials.filter(kind__in=[Kind.GOLD, Kind.PRACTICE]).select_related("comparison")
    assert golds.count() == 4
    for trial in golds:
        right = [image.source.prompt == trial.comparison.prompt for image in images_of(trial)]
        assert right == [position == trial.expected for position in (1, 2, 3)]


@pytest.mark.django_db
def test_a_repeat_shows_a_trial_of_the_session_mirrored() -> None:
    session = _session(checked_study(conditions=3, prompts=6, trials_per_session=5))
    (repeat,) = session.trials.filter(kind=Kind.REPEAT)
    assert repeat.repeats
    assert (repeat.repeats.session, repeat.repeats.kind) == (session, Kind.VOTE)
    assert (repeat.comparison, repeat.shown) == (repeat.repeats.comparison, repeat.repeats.shown[::-1])


@pytest.mark.django_db
def test_an_attention_check_says_what_it_expects_and_other_trials_say_nothing() -> None:
    session = _session(checked_study(prompts=10, trials_per_session=10))
    (attention,) = session.trials.filter(kind=Kind.ATTENTION)
    assert f"choose Image {attention.expected} for every question" in attention.instruction
    assert attention.expected in (1, 2)
    assert not any(trial.instruction for trial in session.trials.exclude(kind=Kind.ATTENTION))


@pytest.mark.django_db
def test_checks_fill_no_place() -> None:
    study = checked_study(prompts=6, trials_per_session=5)
    _finish(_session(study))
    assert Trial.objects.progress(study, rehearsal=False) == (5, 12)
    assert study.places.filter(free=False).count() == 5


@pytest.mark.django_db
def test_a_second_session_has_no_practice_and_other_gold() -> None:
    study, worker = checked_study(prompts=10, trials_per_session=5, practice_trials=2), WorkerFactory.create()
    first = _session(study, worker)
    _finish(first)
    second = _session(study, worker)
    assert not second.trials.filter(kind=Kind.PRACTICE).exists()
    golds = Trial.objects.filter(worker=worker, comparison__kind=Comparison.Kind.GOLD).values_list("comparison", flat=True)
    assert len(golds) == len(set(golds)) == 2 + 1 + 1


@pytest.mark.django_db
def test_a_worker_who_left_during_practice_does_the_rest_of_it() -> None:
    study, worker = checked_study(prompts=6, practice_trials=3), WorkerFactory.create()
    trial = _session(study, worker).next_trial()
    assert trial
    trial.record(choose_first(trial), NOON)
    Session.objects.abandon_stale(study, NOON + timedelta(days=1))
    assert _session(study, worker).trials.filter(kind=Kind.PRACTICE).count() == 2


@pytest.mark.django_db
def test_gold_that_a_worker_reported_as_broken_does_not_come_again() -> None:
    study, worker = checked_study(prompts=6, practice_trials=1, trials_per_session=2), WorkerFactory.create()
    session = _session(study, worker)
    trial = session.next_trial()
    assert trial
    trial.report_broken("", NOON)
    _finish(session)
    assert trial.comparison_id not in _session(study, worker).trials.values_list("comparison", flat=True)


@pytest.mark.django_db
def test_gold_asks_about_other_prompts_than_the_session_does_where_there_are_some() -> None:
    session = _session(checked_study(prompts=12, trials_per_session=5))
    real = set(session.trials.filter(kind=Kind.VOTE).values_list("comparison__prompt", flat=True))
    there = set(session.study.comparisons.filter(kind="gold").values_list("prompt", flat=True))
    assert there - real  # else this test would say nothing
    assert session.trials.get(kind=Kind.GOLD).comparison.prompt_id not in real


@pytest.mark.django_db
def test_checks_of_a_broken_trial_go_with_it() -> None:
    session = _session(checked_study(prompts=10, trials_per_session=10))
    repeat = session.trials.filter(kind=Kind.REPEAT)[0]
    assert repeat.repeats
    repeat.repeats.report_broken("half an image", NOON)
    repeat.refresh_from_db()
    assert repeat.state == Trial.State.GIVEN_BACK
    assert session.trials.filter(kind=Kind.REPEAT).open().count() == 1


@pytest.mark.django_db
def test_the_answer_to_a_check_can_be_taken_back_like_any_other() -> None:
    session = _session(checked_study(prompts=6, practice_trials=1))
    trial = session.next_trial()
    assert trial
    trial.record(choose_first(trial), NOON)
    trial.undo(NOON)
    assert session.next_trial() == trial
    assert trial.record(choose_first(trial), NOON)


@pytest.mark.django_db
def test_a_study_without_checks_has_real_trials_alone() -> None:
    session = _session(published_study())
    assert set(session.trials.values_list("kind", flat=True)) == {"vote"}


@pytest.mark.django_db
def test_a_session_with_checks_takes_as_many_queries_with_many_trials_as_with_few() -> None:
    counts = []
    for trials in (5, 10):
        study, worker = checked_study(prompts=12, trials_per_session=trials, practice_trials=2), WorkerFactory.create()
        with CaptureQueriesContext(connection) as queries:
            open_session(study, worker, rehearsal=False, now=NOON)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25
