"""Workers at the same moment, in threads with connections of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection
from django.test import Client

from studies.allocation import open_session
from studies.errors import NoPlaceLeft, TrialClosed
from studies.exclusion import exclude, reinstate
from studies.models import Session, Study, Trial, Vote, Worker
from tests.factories_studies import NOON, WorkerFactory, choose_first, study_with_places
from tests.studies.visiting import agree

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")


def _race(runners: "list[Callable[[], T]]") -> "list[T]":
    """Run all at once and return what each returned."""
    start = threading.Barrier(len(runners))

    def run(runner: Callable[[], T]) -> T:
        try:
            start.wait(timeout=10)
            return runner()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runners)) as threads:
        return list(threads.map(run, runners))


def _try_to_open(study: Study, worker: Worker) -> Session | None:
    try:
        return open_session(study, worker, rehearsal=False, now=NOON)
    except NoPlaceLeft:
        return None


def test_the_last_place_goes_to_one_of_four_workers() -> None:
    study = study_with_places(comparisons=1, votes_wanted=1)
    workers = WorkerFactory.create_batch(4)
    sessions = _race([lambda worker=worker: _try_to_open(study, worker) for worker in workers])  # type: ignore[misc]
    assert len([session for session in sessions if session]) == 1
    assert Trial.objects.count() == 1


def test_workers_who_arrive_together_share_the_places_out() -> None:
    study = study_with_places(comparisons=4, votes_wanted=1, trials_per_session=2)
    workers = WorkerFactory.create_batch(3)
    sessions = _race([lambda worker=worker: _try_to_open(study, worker) for worker in workers])  # type: ignore[misc]
    assert sorted(session.trials.count() if session else 0 for session in sessions) == [0, 2, 2]


def test_one_worker_in_two_tabs_has_one_session() -> None:
    study, worker = study_with_places(comparisons=4), WorkerFactory.create()
    first, second = _race([lambda: _try_to_open(study, worker)] * 2)
    assert first == second is not None
    assert Session.objects.count() == 1


def test_a_double_click_on_start_makes_one_worker_and_one_session() -> None:
    study, browser = study_with_places(comparisons=4), Client()
    browser.get(study.link_path)

    def click() -> str:
        request = Client()
        request.cookies.update(browser.cookies)
        return agree(request, study.link_path).headers["Location"]

    first, second = _race([click] * 2)
    assert first == second
    assert (Worker.objects.count(), Session.objects.count()) == (1, 1)


def test_a_double_submit_counts_once() -> None:
    study = study_with_places(comparisons=1)
    trial = open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON).trials.get()
    choices = choose_first(trial)
    answers = _race([lambda: Trial.objects.get(pk=trial.pk).record(choices, NOON)] * 4)
    assert sorted(answers) == [False, False, False, True]
    assert Vote.objects.count() == 2


def test_who_is_reinstated_while_somebody_arrives_for_the_same_place_is_given_one_all_the_same() -> None:
    study = study_with_places(comparisons=1, votes_wanted=1)
    back, newcomer = WorkerFactory.create_batch(2)
    trial = open_session(study, back, rehearsal=False, now=NOON).trials.get()
    trial.record(choose_first(trial), NOON)
    exclude(study, back, "too fast", "ada", NOON)
    _race([lambda: reinstate(study, back, "ada", NOON), lambda: str(_try_to_open(study, newcomer))])
    taken = list(Trial.objects.taken().values_list("place", flat=True))
    assert Trial.objects.counted().filter(worker=back).count() == 1
    assert len(taken) == len(set(taken)) == study.places.filter(rehearsal=False).count()


def test_an_answer_given_while_its_worker_is_excluded_is_excluded_or_comes_too_late() -> None:
    study, worker = study_with_places(comparisons=2), WorkerFactory.create()
    trial = open_session(study, worker, rehearsal=False, now=NOON).trials.order_by("number")[0]
    votes = choose_first(trial)

    def answer() -> str:
        try:
            return str(trial.record(votes, NOON))
        except TrialClosed:
            return "too late"

    _, answered = _race([lambda: exclude(study, worker, "too fast", "ada", NOON), answer])
    trial.refresh_from_db()
    assert (answered, trial.state) in [("True", Trial.State.EXCLUDED), ("too late", Trial.State.GIVEN_BACK)]
    assert not Trial.objects.taken().exists()
