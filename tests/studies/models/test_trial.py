from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from studies.allocation import open_session
from studies.errors import IncompleteVotes, NoPlaceLeft, NotFetched, NotReported, NotShown, NotUndoable, TrialClosed
from studies.models import Place, Session, Study, Trial, Vote
from tests.factories_studies import (
    NOON,
    CriterionFactory,
    StudyConditionFactory,
    WorkerFactory,
    choose_first,
    fetch_images,
    published_study,
    shown_conditions,
)
from tests.studies.models.sittings import LATER, first_trial_of, session_of

pytestmark = pytest.mark.django_db


def test_a_trial_saves_one_vote_per_criterion() -> None:
    trial = first_trial_of()
    fetch_images(trial)
    chosen = shown_conditions(trial)[1]
    correctness, quality = trial.session.study.criteria.all()
    assert trial.record({correctness: chosen, quality: None}, LATER)
    assert list(trial.votes.order_by("criterion__position").values_list("condition", "no_clear_winner")) == [
        (chosen.pk, False),
        (None, True),
    ]


def test_the_first_answer_stays() -> None:
    trial = first_trial_of()
    assert trial.record(choose_first(trial), LATER) is True
    assert trial.record(dict.fromkeys(choose_first(trial)), LATER + timedelta(minutes=1)) is False
    assert trial.votes.filter(condition=shown_conditions(trial)[0]).count() == 2
    assert trial.answered_at == LATER


def test_a_tab_that_still_holds_the_open_trial_changes_nothing_either() -> None:
    trial = first_trial_of()
    other_tab = Trial.objects.get(pk=trial.pk)
    trial.record(choose_first(trial), LATER)
    assert other_tab.record(choose_first(other_tab), LATER) is False
    assert Vote.objects.count() == 2


def test_every_criterion_must_be_answered() -> None:
    trial = first_trial_of()
    correctness = trial.session.study.criteria.get(name="correctness")
    with pytest.raises(IncompleteVotes, match="every question"):
        trial.record({correctness: None}, LATER)
    assert Trial.objects.open().filter(pk=trial.pk).exists()


def test_a_criterion_of_another_study_is_no_answer() -> None:
    trial = first_trial_of()
    with pytest.raises(IncompleteVotes):
        trial.record({**choose_first(trial), CriterionFactory.create(): None}, LATER)


def test_a_condition_that_is_not_shown_cannot_win() -> None:
    trial = first_trial_of()
    stranger = StudyConditionFactory.create()
    with pytest.raises(NotShown):
        trial.record(dict.fromkeys(choose_first(trial), stranger), LATER)
    assert not Vote.objects.exists()


def test_the_clock_runs_from_the_first_showing_to_the_answer() -> None:
    trial = first_trial_of()
    trial.mark_shown(NOON)
    trial.mark_shown(NOON + timedelta(seconds=10))
    trial.record(choose_first(trial), LATER)
    assert (trial.shown_at, trial.answered_at) == (NOON, LATER)


def test_an_answer_to_a_trial_never_shown_took_no_time() -> None:
    trial = first_trial_of()
    trial.record(choose_first(trial), LATER)
    assert trial.shown_at == trial.answered_at == LATER


def test_a_late_vote_is_refused_in_words_once_the_place_was_given_back() -> None:
    trial = first_trial_of()
    Session.objects.abandon_stale(trial.session.study, NOON + timedelta(minutes=60))
    with pytest.raises(TrialClosed, match="Open the study's link again"):
        trial.record(choose_first(trial), NOON + timedelta(minutes=61))
    assert not Vote.objects.exists()


def test_a_late_vote_counts_while_nobody_else_wanted_the_place() -> None:
    trial = first_trial_of()
    assert trial.record(choose_first(trial), NOON + timedelta(days=2))


def test_conditions_stand_in_the_order_of_the_place() -> None:
    for trial in session_of(published_study(conditions=4)).trials.all():
        assert trial.place
        assert [row.pk for row in shown_conditions(trial)] == trial.place.shown


def test_the_database_refuses_a_second_trial_of_a_place() -> None:
    trial = first_trial_of()
    copy = Trial(
        session=trial.session,
        place=trial.place,
        worker=WorkerFactory.create(),
        comparison=trial.comparison,
        number=9,
        shown=trial.shown,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_the_database_refuses_a_worker_two_trials_of_one_comparison() -> None:
    trial = first_trial_of()
    assert trial.place
    place = trial.comparison.places.exclude(pk=trial.place.pk).first()
    copy = Trial(
        session=trial.session, place=place, worker=trial.worker, comparison=trial.comparison, number=9, shown=trial.shown
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_the_database_refuses_a_worker_two_open_sessions() -> None:
    session = session_of(published_study())
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.create(study=session.study, worker=session.worker, started_at=NOON, last_seen_at=NOON)


def test_the_database_refuses_a_second_vote_on_a_criterion() -> None:
    trial = first_trial_of()
    trial.record(choose_first(trial), LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(trial=trial, criterion=trial.votes.all()[0].criterion, no_clear_winner=True)


@pytest.mark.parametrize("both", [True, False])
def test_the_database_refuses_a_vote_that_is_both_or_neither(both: bool) -> None:
    trial = first_trial_of()
    condition = shown_conditions(trial)[0] if both else None
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(
            trial=trial, criterion=trial.session.study.criteria.all()[0], condition=condition, no_clear_winner=both
        )


def test_a_vote_counts_only_after_every_image_was_sent() -> None:
    trial = first_trial_of()
    trial.mark_fetched(2)
    choices = dict.fromkeys(trial.session.study.criteria.all())
    with pytest.raises(NotFetched, match="Please look again"):
        trial.record(choices, LATER)
    assert not Vote.objects.exists()
    trial.mark_fetched(1)
    assert trial.record(choices, LATER)


def test_an_image_sent_twice_is_sent() -> None:
    trial = first_trial_of(conditions=3)
    for position in (3, 1, 3):
        trial.mark_fetched(position)
    trial.refresh_from_db()
    assert trial.fetched == 0b101


@pytest.mark.parametrize(("said", "kept"), [(7.5, 7.5), (-3.0, 0.0), (4000.0, 12.5), (None, None)])
def test_the_time_that_a_browser_says_is_kept_within_the_time_that_went_by(said: float | None, kept: float | None) -> None:
    trial = first_trial_of()
    trial.mark_shown(NOON)
    trial.refresh_from_db()
    trial.record(choose_first(trial), LATER, visible_seconds=said)
    assert trial.visible_seconds == kept


def test_the_last_answer_can_be_taken_back_and_given_again() -> None:
    trial = first_trial_of()
    trial.record(choose_first(trial), LATER)
    trial.undo(LATER)
    assert (trial.state, trial.undone, Vote.objects.count()) == (Trial.State.OPEN, 1, 0)
    trial.record(dict.fromkeys(choose_first(trial)), LATER)
    assert list(trial.votes.values_list("no_clear_winner", flat=True)) == [True, True]


def test_an_earlier_answer_cannot_be_taken_back() -> None:
    session = session_of(published_study())
    first, second, _ = session.trials.all()
    for trial in (first, second):
        trial.record(choose_first(trial), LATER)
    with pytest.raises(NotUndoable, match="Only your last answer"):
        first.undo(LATER)
    assert Vote.objects.count() == 4


def test_no_answer_can_be_taken_back_once_the_session_has_ended() -> None:
    trial = first_trial_of(prompts=1)
    trial.record(choose_first(trial), LATER)
    with pytest.raises(NotUndoable):
        trial.undo(LATER)


def test_a_trial_reported_as_broken_gives_its_place_back_and_is_not_offered_again() -> None:
    trial = first_trial_of(prompts=1)
    trial.report_broken("All black.", LATER)
    assert trial.state == Trial.State.GIVEN_BACK
    assert trial.place is not None
    assert Place.objects.get(pk=trial.place.pk).free
    assert trial.session.state == Session.State.DONE
    with pytest.raises(NoPlaceLeft):
        open_session(trial.session.study, trial.worker, rehearsal=False, now=LATER)


def test_a_trial_that_is_answered_cannot_be_reported() -> None:
    trial = first_trial_of()
    trial.record(choose_first(trial), LATER)
    with pytest.raises(NotReported):
        trial.report_broken("", LATER)
    assert trial.votes.count() == 2


@pytest.mark.parametrize("state", [Study.State.PAUSED, Study.State.CLOSED])
def test_no_answer_can_be_taken_back_while_none_could_be_given(state: str) -> None:
    trial = first_trial_of()
    trial.record(choose_first(trial), LATER)
    Study.objects.update(state=state)
    with pytest.raises(NotUndoable, match="kept as it is"):
        trial.undo(LATER)
    assert trial.votes.count() == 2


def test_an_answer_given_again_took_the_time_of_both() -> None:
    trial = first_trial_of()
    trial.mark_shown(NOON)
    trial.record(choose_first(trial), LATER, visible_seconds=4.0)
    trial.undo(LATER)
    trial.record(choose_first(trial), LATER, visible_seconds=1.5)
    assert trial.visible_seconds == 5.5
