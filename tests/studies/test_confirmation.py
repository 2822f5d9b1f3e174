"""Answers that count only once their channel says that they were handed in."""

from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from analysis.tables import tables_of
from analysis.votes import read_votes
from studies.allocation import open_session
from studies.confirmation import confirm, never_arrived
from studies.errors import TrialClosed
from studies.exclusion import exclude, reinstate
from studies.export import vote_lines
from studies.models import Place, Session, Study, Trial, Vote, Worker
from studies.models.trial import HOLDING
from tests.factories_studies import NOON, WorkerFactory, choose_first, published_study, study_with_places

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
UNCONFIRMED, DONE, GIVEN_BACK = Trial.State.UNCONFIRMED, Trial.State.DONE, Trial.State.GIVEN_BACK
NEVER_ARRIVED, EXCLUDED = Trial.State.NEVER_ARRIVED, Trial.State.EXCLUDED


def _session(study: Study, worker: Worker | None = None, visit: str = "A1", *, answers: int | None = None) -> Session:
    """A session to be confirmed, with so many answers, else all."""
    session = open_session(study, worker or WorkerFactory.create(), rehearsal=False, now=NOON, visit=visit)
    session.needs_confirmation = True
    session.save(update_fields=["needs_confirmation"])
    for trial in session.trials.open().order_by("number")[:answers]:
        trial.record(choose_first(trial), NOON)
    session.refresh_from_db()
    return session


def _votes(study: Study) -> None:
    """Somebody of another channel fills what is free."""
    for trial in open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON).trials.all():
        trial.record(choose_first(trial), NOON)


def _states(session: Session) -> list[str]:
    return [trial.state for trial in session.trials.order_by("number")]


def _progress(study: Study) -> tuple[int, int]:
    return Trial.objects.progress(study, rehearsal=False)


def _votes_in_table(study: Study, folder: Path) -> tuple[int, ...]:
    """Of each criterion, by way of the votes file."""
    path = folder / "votes.csv"
    path.write_text("".join(vote_lines(study, rehearsal=False)))
    (table,) = tables_of(read_votes(path))
    return table.blocks[0].totals


def _rows() -> list[object]:
    """Every session, trial and place, as it is stored."""
    return [[*kind.objects.order_by("pk").values()] for kind in (Session, Trial, Place)]


def test_unconfirmed_answers_hold_their_places_and_do_not_count() -> None:
    study = study_with_places(comparisons=2, votes_wanted=1)
    session = _session(study)
    assert _states(session) == [UNCONFIRMED, UNCONFIRMED]
    assert _progress(study) == (0, 2)
    assert not study.places.filter(rehearsal=False).free().exists()
    assert session.state == Session.State.DONE


def test_confirmed_answers_count() -> None:
    study = study_with_places(comparisons=2, votes_wanted=1)
    session = _session(study)
    assert confirm(session, LATER) == 2
    assert _states(session) == [DONE, DONE]
    assert _progress(study) == (2, 2)


def test_a_second_confirmation_changes_nothing() -> None:
    session = _session(study_with_places(comparisons=2, votes_wanted=1), answers=1)
    confirm(session, LATER)
    before = _rows()
    assert confirm(session, LATER + timedelta(days=1)) == 0
    assert _rows() == before


@pytest.mark.parametrize("state", ["open", "abandoned"])
def test_what_was_handed_in_half_way_is_finished(state: str) -> None:
    study = study_with_places(comparisons=3, votes_wanted=1)
    session = _session(study, answers=2)
    Session.objects.filter(pk=session.pk).update(state=state)
    assert confirm(session, LATER) == 2
    assert _states(session) == [DONE, DONE, GIVEN_BACK]
    assert (session.state, session.finished_at) == (Session.State.DONE, LATER)
    assert study.places.filter(rehearsal=False).free().count() == 1


def test_what_never_arrived_gives_its_places_to_others() -> None:
    study = study_with_places(comparisons=3, votes_wanted=1)
    session = _session(study, answers=2)
    assert never_arrived(session) == 2
    session.refresh_from_db()
    assert (_states(session), session.state) == ([NEVER_ARRIVED, NEVER_ARRIVED, GIVEN_BACK], Session.State.ABANDONED)
    _votes(study)
    assert _progress(study) == (3, 3)


def test_what_counts_already_cannot_fail_to_arrive() -> None:
    session = _session(study_with_places(comparisons=2, votes_wanted=1))
    confirm(session, LATER)
    assert never_arrived(session) == 0
    assert _states(session) == [DONE, DONE]


def test_a_late_arrival_gets_its_own_places_back_where_they_are_free() -> None:
    study = study_with_places(comparisons=2, votes_wanted=3)
    session = _session(study)
    own = {trial.comparison_id: trial.place_id for trial in session.trials.all()}
    never_arrived(session)
    assert confirm(session, LATER) == 2
    assert {trial.comparison_id: trial.place_id for trial in session.trials.all()} == own
    assert not Place.objects.filter(trials__in=session.trials.all()).free().exists()


def test_a_late_arrival_gets_another_place_where_its_own_is_taken() -> None:
    study = study_with_places(comparisons=1, votes_wanted=2)
    session = _session(study)
    own = session.trials.get().place_id
    never_arrived(session)
    _votes(study)
    assert Trial.objects.counted().get().place_id == own  # the first place of a comparison is given first
    confirm(session, LATER)
    assert (_progress(study), study.places.filter(rehearsal=False).count()) == ((2, 2), 2)


def test_a_late_arrival_gets_a_new_place_where_none_is_free() -> None:
    study = study_with_places(comparisons=1, votes_wanted=1)
    session = _session(study)
    never_arrived(session)
    _votes(study)
    confirm(session, LATER)
    assert _progress(study) == (2, 2)
    trial, added = session.trials.get(), Place.objects.get(study=study, rehearsal=False, number=1)  # from 0
    assert (trial.place, trial.shown) == (added, added.shown)


def test_who_answered_again_meanwhile_has_one_answer_that_counts() -> None:
    study = study_with_places(comparisons=2, votes_wanted=2)
    worker = WorkerFactory.create()
    first = _session(study, worker, "A1", answers=1)
    late = first.trials.get(state=UNCONFIRMED).comparison
    never_arrived(first)
    second = _session(study, worker, "A2")
    confirm(second, LATER)
    assert confirm(first, LATER) == 0
    assert Trial.objects.counted().filter(worker=worker, comparison=late).get().session == second
    assert _states(first)[0] == NEVER_ARRIVED


def test_what_was_begun_in_a_worker_s_name_gives_way_to_what_was_handed_in() -> None:
    study = study_with_places(comparisons=1, votes_wanted=1)
    worker = WorkerFactory.create()
    real = _session(study, worker, "A1", answers=1)
    never_arrived(real)
    begun = _session(study, worker, "forged")
    assert confirm(real, LATER) == 1
    assert _states(begun) == [NEVER_ARRIVED]
    assert Trial.objects.counted().get().session == real


def test_answers_of_a_worker_who_was_excluded_meanwhile_are_kept_and_do_not_count() -> None:
    study = study_with_places(comparisons=2, votes_wanted=1)
    session = _session(study)
    exclude(study, session.worker, "always left", "ada", NOON)
    assert confirm(session, LATER) == 0
    assert _states(session) == [EXCLUDED, EXCLUDED]
    assert study.places.filter(rehearsal=False).free().count() == 2
    assert Vote.objects.filter(trial__session=session).count() == 4


def test_late_answers_of_an_excluded_worker_count_once_the_worker_is_reinstated() -> None:
    study = study_with_places(comparisons=1, votes_wanted=1)
    session = _session(study)
    never_arrived(session)
    _votes(study)
    exclude(study, session.worker, "always left", "ada", NOON)
    confirm(session, LATER)
    assert (_states(session), _progress(study)) == ([EXCLUDED], (1, 1))
    reinstate(study, session.worker, "ada", LATER)
    assert (_states(session), _progress(study)) == ([DONE], (2, 2))


def test_a_reinstated_worker_who_answered_twice_counts_once() -> None:
    study = study_with_places(comparisons=1, votes_wanted=2)
    worker = WorkerFactory.create()
    first = _session(study, worker, "A1")
    never_arrived(first)
    second = _session(study, worker, "A2")
    exclude(study, worker, "always left", "ada", NOON)
    confirm(second, LATER)
    confirm(first, LATER)
    reinstate(study, worker, "ada", LATER)
    assert (_states(first), _states(second), _progress(study)) == ([NEVER_ARRIVED], [DONE], (1, 2))


def test_who_withdrew_has_no_answer_to_count() -> None:
    study = study_with_places(comparisons=2, votes_wanted=1)
    session = _session(study)
    session.withdraw(NOON)
    assert confirm(session, LATER) == 0
    assert (_states(session), session.state) == ([GIVEN_BACK, GIVEN_BACK], Session.State.WITHDRAWN)


def test_who_withdrew_after_the_work_was_thought_lost_has_no_answer_to_count() -> None:
    study = study_with_places(comparisons=2, votes_wanted=1)
    session = _session(study)
    never_arrived(session)
    session.withdraw(NOON)
    assert confirm(session, LATER) == 0
    assert _progress(study) == (0, 2)
    assert not Vote.objects.exists()


def test_what_never_arrived_is_answered_no_more() -> None:
    study = study_with_places(comparisons=2, votes_wanted=1)
    session = _session(study, answers=1)
    first, second = session.trials.order_by("number")
    never_arrived(session)
    for trial in (first, second):
        trial.refresh_from_db()
        with pytest.raises(TrialClosed):
            trial.record(choose_first(trial), LATER)


STEPS = [(confirm_it, session) for confirm_it in (True, False) for session in (0, 1)]


@pytest.mark.parametrize("order", list(permutations(STEPS)))
def test_in_any_order_a_place_is_free_if_and_only_if_no_trial_holds_it(order: list[tuple[bool, int]]) -> None:
    study = study_with_places(comparisons=1, votes_wanted=2)
    sessions = [_session(study, visit=f"A{number}") for number in (0, 1)]
    for confirm_it, number in order:
        confirm(sessions[number], LATER) if confirm_it else never_arrived(sessions[number])
        holders = [place.trials.filter(state__in=HOLDING).count() for place in study.places.order_by("pk")]
        assert holders == [int(not free) for free in study.places.order_by("pk").values_list("free", flat=True)]


def test_an_unconfirmed_vote_is_in_no_file_and_in_no_table(tmp_path: Path) -> None:
    study = published_study(prompts=2, votes_wanted=2)
    _votes(study)
    session = _session(study)
    assert _votes_in_table(study, tmp_path) == (2, 2)
    never_arrived(session)
    assert _votes_in_table(study, tmp_path) == (2, 2)
    confirm(session, LATER)
    assert _votes_in_table(study, tmp_path) == (4, 4)  # two comparisons, one worker and then two


def test_the_last_answer_can_be_changed_before_the_work_is_handed_in() -> None:
    study = study_with_places(comparisons=2, votes_wanted=1)
    session = _session(study, answers=1)
    first = session.trials.order_by("number")[0]
    first.undo(LATER)
    assert first.state == Trial.State.OPEN
    assert not first.votes.exists()
    first.record(dict.fromkeys(study.criteria.all()), LATER)
    assert [vote.no_clear_winner for vote in first.votes.all()] == [True, True]
