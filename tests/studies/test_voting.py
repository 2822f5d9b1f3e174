from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from studies.allocation import open_session
from studies.errors import IncompleteVotes, NotShown, TrialClosed
from studies.models import Session, Study, Trial, Vote
from tests.factories_studies import NOON, CriterionFactory, StudyConditionFactory, WorkerFactory, choose_first, published_study

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(seconds=12.5)


def _session(study: Study) -> Session:
    return open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)


def _trial(**fields: int) -> Trial:
    trial = _session(published_study(**fields)).next_trial()
    assert trial
    return trial


def test_a_trial_saves_one_vote_per_criterion() -> None:
    trial = _trial()
    chosen = trial.shown_conditions()[1]
    correctness, quality = trial.session.study.criteria.all()
    assert trial.record({correctness: chosen, quality: None}, LATER)
    assert list(trial.votes.order_by("criterion__position").values_list("condition", "no_clear_winner")) == [
        (chosen.pk, False),
        (None, True),
    ]


def test_the_first_answer_stays() -> None:
    trial = _trial()
    assert trial.record(choose_first(trial), LATER) is True
    assert trial.record(dict.fromkeys(choose_first(trial)), LATER + timedelta(minutes=1)) is False
    assert trial.votes.filter(condition=trial.shown_conditions()[0]).count() == 2
    assert trial.answered_at == LATER


def test_a_tab_that_still_holds_the_open_trial_changes_nothing_either() -> None:
    trial = _trial()
    other_tab = Trial.objects.get(pk=trial.pk)
    trial.record(choose_first(trial), LATER)
    assert other_tab.record(choose_first(other_tab), LATER) is False
    assert Vote.objects.count() == 2


def test_every_criterion_must_be_answered() -> None:
    trial = _trial()
    correctness = trial.session.study.criteria.get(name="correctness")
    with pytest.raises(IncompleteVotes, match="every question"):
        trial.record({correctness: None}, LATER)
    assert Trial.objects.open().filter(pk=trial.pk).exists()


def test_a_criterion_of_another_study_is_no_answer() -> None:
    trial = _trial()
    with pytest.raises(IncompleteVotes):
        trial.record({**choose_first(trial), CriterionFactory.create(): None}, LATER)


def test_a_condition_that_is_not_shown_cannot_win() -> None:
    trial = _trial()
    stranger = StudyConditionFactory.create()
    with pytest.raises(NotShown):
        trial.record(dict.fromkeys(choose_first(trial), stranger), LATER)
    assert not Vote.objects.exists()


def test_the_clock_runs_from_the_first_showing_to_the_answer() -> None:
    trial = _trial()
    trial.mark_shown(NOON)
    trial.mark_shown(NOON + timedelta(seconds=10))
    trial.record(choose_first(trial), LATER)
    assert (trial.shown_at, trial.answered_at) == (NOON, LATER)


def test_an_answer_to_a_trial_never_shown_took_no_time() -> None:
    trial = _trial()
    trial.record(choose_first(trial), LATER)
    assert trial.shown_at == trial.answered_at == LATER


def test_a_late_vote_is_refused_in_words_once_the_place_was_given_back() -> None:
    trial = _trial()
    Session.objects.abandon_stale(trial.session.study, NOON + timedelta(minutes=60))
    with pytest.raises(TrialClosed, match="Open the study's link again"):
        trial.record(choose_first(trial), NOON + timedelta(minutes=61))
    assert not Vote.objects.exists()


def test_a_late_vote_counts_while_nobody_else_wanted_the_place() -> None:
    trial = _trial()
    assert trial.record(choose_first(trial), NOON + timedelta(days=2))


def test_images_stand_in_the_order_of_the_place() -> None:
    for trial in _session(published_study(conditions=4)).trials.all():
        assert trial.place
        assert [row.pk for row in trial.shown_conditions()] == trial.place.shown
        assert [image.condition for image in trial.images()] == trial.shown_conditions()
        assert {image.comparison for image in trial.images()} == {trial.comparison}


def test_the_note_of_the_prompt_set_goes_with_its_trials() -> None:
    trial = _trial()
    trial.session.study.prompt_sets.update(note="Count the fingers.")
    assert trial.note == "Count the fingers."


def test_a_session_goes_through_its_trials_in_order_and_is_done_with_the_last() -> None:
    session = _session(published_study(prompts=3))
    numbers: list[int] = []
    while trial := session.next_trial():
        assert session.progress == (len(numbers), 3)
        numbers.append(trial.number)
        trial.record(choose_first(trial), LATER)
    assert numbers == [1, 2, 3]
    assert (Session.objects.get().state, Session.objects.get().finished_at) == (Session.State.DONE, LATER)


def test_a_session_with_a_trial_left_does_not_finish() -> None:
    session = _session(published_study())
    session.finish(LATER)
    assert Session.objects.get().state == Session.State.OPEN


def test_finishing_twice_keeps_the_first_time() -> None:
    session = _session(published_study(prompts=1))
    trial = session.trials.get()
    trial.record(choose_first(trial), LATER)
    session.finish(LATER + timedelta(hours=1))
    assert session.finished_at == LATER


def test_the_database_refuses_a_second_trial_of_a_place() -> None:
    trial = _trial()
    copy = Trial(session=trial.session, place=trial.place, worker=WorkerFactory.create(), comparison=trial.comparison, number=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_the_database_refuses_a_worker_two_trials_of_one_comparison() -> None:
    trial = _trial()
    place = trial.comparison.places.exclude(pk=trial.place_id).first()
    copy = Trial(session=trial.session, place=place, worker=trial.worker, comparison=trial.comparison, number=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_the_database_refuses_a_worker_two_open_sessions() -> None:
    session = _session(published_study())
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.create(study=session.study, worker=session.worker, started_at=NOON, last_seen_at=NOON)


def test_the_database_refuses_a_second_vote_on_a_criterion() -> None:
    trial = _trial()
    trial.record(choose_first(trial), LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(trial=trial, criterion=trial.votes.all()[0].criterion, no_clear_winner=True)


@pytest.mark.parametrize("both", [True, False])
def test_the_database_refuses_a_vote_that_is_both_or_neither(both: bool) -> None:
    trial = _trial()
    condition = trial.shown_conditions()[0] if both else None
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(
            trial=trial, criterion=trial.session.study.criteria.all()[0], condition=condition, no_clear_winner=both
        )
