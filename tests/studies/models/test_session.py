from datetime import timedelta

import pytest

from studies.allocation import open_session
from studies.errors import NoPlaceLeft
from studies.models import Place, QuizQuestion, Session, Study, Trial, Vote
from tests.factories_studies import NOON, WorkerFactory, choose_first, progress_of, published_study, study_with_places
from tests.studies.models.sittings import LATER, session_of

pytestmark = pytest.mark.django_db


def test_a_session_goes_through_its_trials_in_order_and_is_done_with_the_last() -> None:
    session = session_of(published_study(prompts=3))
    numbers: list[int] = []
    while trial := session.next_trial():
        assert progress_of(session) == (len(numbers), 3)
        numbers.append(trial.number)
        trial.record(choose_first(trial), LATER)
    assert numbers == [1, 2, 3]
    assert (Session.objects.get().state, Session.objects.get().finished_at) == (Session.State.DONE, LATER)


def test_a_session_with_a_trial_left_does_not_finish() -> None:
    session = session_of(published_study())
    session.finish(LATER)
    assert Session.objects.get().state == Session.State.OPEN


def test_finishing_twice_keeps_the_first_time() -> None:
    session = session_of(published_study(prompts=1))
    trial = session.trials.get()
    trial.record(choose_first(trial), LATER)
    session.finish(LATER + timedelta(hours=1))
    assert session.finished_at == LATER


def _half_done(withdrawal: str) -> Session:
    """A session of two trials, one of them answered."""
    session = session_of(study_with_places(comparisons=2, votes_wanted=1, withdrawal=withdrawal))
    trial = session.next_trial()
    assert trial
    trial.record(choose_first(trial), LATER)
    return session


def test_who_withdraws_takes_the_votes_along_where_the_consent_says_so() -> None:
    session = _half_done(Study.Withdrawal.DELETE)
    session.withdraw(LATER)
    assert session.state == Session.State.WITHDRAWN
    assert not Vote.objects.exists()
    assert Place.objects.free().filter(rehearsal=False).count() == 2


def test_who_withdraws_leaves_the_votes_where_the_consent_says_so() -> None:
    session = _half_done(Study.Withdrawal.KEEP)
    session.withdraw(LATER)
    assert Vote.objects.count() == 2
    assert Trial.objects.progress(session.study, rehearsal=False) == (1, 2)
    assert Place.objects.free().filter(rehearsal=False).count() == 1


def test_who_withdraws_withdraws_from_every_sitting_of_the_study() -> None:
    study = study_with_places(comparisons=2, votes_wanted=1, trials_per_session=1)
    worker = WorkerFactory.create()
    for _ in range(2):
        session = open_session(study, worker, rehearsal=False, now=NOON)
        trial = session.next_trial()
        assert trial
        trial.record(choose_first(trial), LATER)
    session.withdraw(LATER)
    assert not Vote.objects.exists()
    assert {one.state for one in Session.objects.all()} == {Session.State.WITHDRAWN}
    with pytest.raises(NoPlaceLeft, match="withdrawn"):
        open_session(study, worker, rehearsal=False, now=LATER)


def test_a_session_waits_for_the_quiz_of_its_study() -> None:
    session = session_of(study_with_places(comparisons=1))
    assert not session.waits_for_quiz
    QuizQuestion.objects.bulk_create([QuizQuestion(study=session.study, question="Which?", choices="A\nB")])
    assert session.waits_for_quiz
    session.quiz_passed_at = LATER
    assert not session.waits_for_quiz


def test_abandoned_sessions_are_counted_and_others_left_alone() -> None:
    study = study_with_places(comparisons=2)
    stale, fresh = session_of(study), session_of(study)
    fresh.touch(NOON + timedelta(minutes=30))
    assert Session.objects.abandon_stale(study, NOON + timedelta(minutes=61)) == 1
    assert list(Session.objects.open()) == [fresh]
    assert stale.trials.open().count() == 0
