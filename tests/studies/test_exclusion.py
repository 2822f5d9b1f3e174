from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from studies.allocation import open_session
from studies.errors import ImpossibleDecision, NoPlaceLeft, TrialClosed
from studies.exclusion import exclude, reinstate
from studies.models import Exclusion, LogLine, Place, Session, Study, Trial, Vote, Worker
from tests.factories_studies import NOON, WorkerFactory, choose_first, progress_of, study_with_places
from tests.studies.checked import checked_study

LATER = NOON + timedelta(hours=1)


def _votes(study: Study, worker: Worker | None = None, *, trials: int | None = None, rehearsal: bool = False) -> Worker:
    """A worker who opens a session and answers so many of its trials, else all."""
    worker = worker or WorkerFactory.create()
    session = open_session(study, worker, rehearsal=rehearsal, now=NOON)
    for trial in session.trials.open().order_by("number")[:trials]:
        trial.record(choose_first(trial), NOON)
    return worker


def _exclude(study: Study, worker: Worker) -> None:
    exclude(study, worker, "always left", "ada", LATER)


def _progress(study: Study) -> tuple[int, int]:
    return Trial.objects.progress(study, rehearsal=False)


@pytest.mark.django_db
def test_excluded_votes_stay_but_count_no_more() -> None:
    study = study_with_places(comparisons=3, votes_wanted=1)
    worker = _votes(study)
    _exclude(study, worker)
    assert _progress(study) == (0, 3)
    assert Vote.objects.filter(trial__worker=worker, trial__state=Trial.State.EXCLUDED).count() == 6


@pytest.mark.django_db
def test_a_comparison_that_lost_a_vote_is_open_to_others() -> None:
    study = study_with_places(comparisons=3, votes_wanted=1)
    _exclude(study, _votes(study))
    other = _votes(study)
    assert _progress(study) == (3, 3)
    assert Trial.objects.counted().filter(worker=other).count() == 3


@pytest.mark.django_db
def test_an_open_session_ends_and_gives_back_what_it_holds() -> None:
    study = study_with_places(comparisons=3, votes_wanted=1)
    worker = _votes(study, trials=1)
    waiting = Trial.objects.open()[0]
    _exclude(study, worker)
    assert Session.objects.get().state == Session.State.ABANDONED
    assert not Trial.objects.taken().exists()
    with pytest.raises(TrialClosed):
        waiting.record(choose_first(waiting), LATER)


@pytest.mark.django_db
def test_who_is_excluded_gets_no_new_session_until_reinstated() -> None:
    study = study_with_places(comparisons=3)
    worker = _votes(study, trials=1)
    _exclude(study, worker)
    with pytest.raises(NoPlaceLeft):
        open_session(study, worker, rehearsal=False, now=LATER)
    reinstate(study, worker, "ada", LATER)
    assert progress_of(open_session(study, worker, rehearsal=False, now=LATER)) == (0, 2)


@pytest.mark.django_db
def test_checks_are_excluded_and_reinstated_with_the_votes() -> None:
    study = checked_study(prompts=6, trials_per_session=5, practice_trials=1)
    worker = _votes(study)
    kinds = sorted(Trial.objects.done().values_list("kind", flat=True))
    _exclude(study, worker)
    assert sorted(Trial.objects.filter(state=Trial.State.EXCLUDED).values_list("kind", flat=True)) == kinds
    reinstate(study, worker, "ada", LATER)
    assert sorted(Trial.objects.done().values_list("kind", flat=True)) == kinds


@pytest.mark.django_db
def test_rehearsals_and_other_studies_are_left_alone() -> None:
    study, other = study_with_places(comparisons=2), study_with_places(comparisons=2)
    rehearsing = _votes(study, rehearsal=True)
    worker = _votes(study)
    _votes(other, worker)
    _exclude(study, worker)
    assert Trial.objects.progress(study, rehearsal=True) == (2, 4)
    assert _progress(other) == (2, 4)
    with pytest.raises(ImpossibleDecision, match="took no part"):
        _exclude(study, rehearsing)


@pytest.mark.django_db
def test_an_exclusion_is_kept_with_its_reason_and_logged() -> None:
    study = study_with_places(comparisons=2)
    worker = _votes(study)
    exclude(study, worker, "  always\nleft ", "ada", NOON)
    reinstate(study, worker, "ben", LATER)
    (exclusion,) = Exclusion.objects.all()
    assert (exclusion.reason, exclusion.by, exclusion.at) == ("always left", "ada", NOON)
    assert (exclusion.lifted_by, exclusion.lifted_at) == ("ben", LATER)
    assert list(LogLine.objects.values_list("who", "action", "detail")) == [
        ("ben", "reinstate", f"{worker}, 2 trials, 0 of them in new places"),
        ("ada", "exclude", f"{worker}, 2 trials: always left"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reason", "sentence"),
    [(" ", "Say why"), ("x" * 301, "300 characters; these are 301"), ("True", "is no reason"), ("a\x07b", "is no reason")],
)
def test_an_exclusion_needs_a_reason_that_fits(reason: str, sentence: str) -> None:
    study = study_with_places(comparisons=1)
    with pytest.raises(ImpossibleDecision, match=sentence):
        exclude(study, _votes(study), reason, "ada", LATER)
    assert _progress(study) == (1, 2)


@pytest.mark.django_db
def test_nobody_is_excluded_twice_or_reinstated_without_need() -> None:
    study = study_with_places(comparisons=1)
    worker = _votes(study)
    with pytest.raises(ImpossibleDecision, match="is not excluded from"):
        reinstate(study, worker, "ada", LATER)
    _exclude(study, worker)
    with pytest.raises(ImpossibleDecision, match="already: always left"):
        _exclude(study, worker)
    assert LogLine.objects.count() == 1


# Back in place


@pytest.mark.django_db
def test_a_reinstated_trial_has_its_own_place_again_if_that_is_free() -> None:
    study = study_with_places(comparisons=1, votes_wanted=3)
    worker = _votes(study)
    before = Trial.objects.get().place_id
    _exclude(study, worker)
    reinstate(study, worker, "ada", LATER)
    assert Trial.objects.get().place_id == before
    assert _progress(study) == (1, 3)


@pytest.mark.django_db
def test_a_reinstated_trial_moves_to_another_free_place_of_its_comparison() -> None:
    study = study_with_places(comparisons=1, votes_wanted=2)
    worker = _votes(study)
    trial = Trial.objects.get()
    _exclude(study, worker)
    _votes(study)  # takes the place, which comes first
    reinstate(study, worker, "ada", LATER)
    moved = Trial.objects.get(pk=trial.pk)
    assert moved.place
    assert moved.place_id != trial.place_id
    assert moved.place.shown == moved.shown == trial.shown
    assert _progress(study) == (2, 2)


@pytest.mark.django_db
def test_a_reinstated_trial_gets_a_new_place_where_others_took_all() -> None:
    study = study_with_places(comparisons=1, votes_wanted=2)
    worker = _votes(study)
    shown = Trial.objects.get().shown
    _exclude(study, worker)
    others = [_votes(study), _votes(study)]
    said = reinstate(study, worker, "ada", LATER)
    assert "1 of them in new places" in said
    assert _progress(study) == (3, 3)
    place = Trial.objects.get(worker=worker).place
    assert place
    assert (place.number, place.rank, place.shown, place.free) == (2, 2, shown, False)
    assert Trial.objects.counted().filter(worker__in=others).count() == 2


EVENTS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["look", "vote", "exclude", "reinstate"])), max_size=20)


@pytest.mark.django_db
@settings(max_examples=25)
@given(events=EVENTS)
def test_no_vote_is_lost_or_repeated_however_workers_are_excluded_and_reinstated(events: list[tuple[int, str]]) -> None:
    with transaction.atomic():
        study, workers = study_with_places(comparisons=3, trials_per_session=2), WorkerFactory.create_batch(4)
        for who, what in events:
            votes = set(Vote.objects.values_list("pk", flat=True))
            _happen(study, workers[who], what)
            assert votes <= set(Vote.objects.values_list("pk", flat=True))
            _check_invariants(study)
        transaction.set_rollback(True)


def _happen(study: Study, worker: Worker, what: str) -> None:
    try:
        if what == "exclude":
            _exclude(study, worker)
        elif what == "reinstate":
            reinstate(study, worker, "ada", LATER)
        else:
            _votes(study, worker, trials={"look": 0, "vote": 1}[what])
    except (NoPlaceLeft, ImpossibleDecision):
        return


def _check_invariants(study: Study) -> None:
    taken = list(Trial.objects.taken().select_related("place"))
    held = {trial.place_id for trial in taken}
    assert len(held) == len(taken)
    assert set(Place.objects.of(study, rehearsal=False).filter(free=False).values_list("pk", flat=True)) == held
    assert all(trial.place and trial.place.comparison_id == trial.comparison_id for trial in taken)
    assert all(trial.place and trial.place.shown == trial.shown for trial in taken)
    excluded = set(Exclusion.objects.in_force().values_list("worker", flat=True))
    assert all(trial.worker_id not in excluded for trial in taken)
    assert set(Trial.objects.filter(state=Trial.State.EXCLUDED).values_list("worker", flat=True)) <= excluded


# Commands


@pytest.mark.django_db
def test_the_commands_exclude_and_reinstate(capsys: pytest.CaptureFixture[str]) -> None:
    study = study_with_places(comparisons=2)
    worker = _votes(study)
    call_command("exclude", study.name, worker.pseudonym, reason="too fast")
    assert "2 trials do not count any more" in capsys.readouterr().out
    call_command("reinstate", study.name, worker.pseudonym)
    assert "2 trials count again" in capsys.readouterr().out
    assert list(LogLine.objects.values_list("who", flat=True)) == ["command line", "command line"]


@pytest.mark.django_db
def test_the_commands_tell_what_they_refuse() -> None:
    study = study_with_places(comparisons=1)
    with pytest.raises(CommandError, match="There is no worker “w1”"):
        call_command("exclude", study.name, "w1", reason="too fast")
    with pytest.raises(CommandError, match="is not excluded from"):
        call_command("reinstate", study.name, _votes(study).pseudonym)
