from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from studies.allocation import open_session
from studies.errors import NoPlaceLeft
from studies.models import Place, Session, Study, Trial, Vote, Worker
from tests.factories_studies import NOON, WorkerFactory, choose_first, progress_of, study_with_places

HOUR = timedelta(hours=1)


def _answer(session: Session, trials: int) -> None:
    for _ in range(trials):
        if trial := session.next_trial():
            trial.record(choose_first(trial), NOON)


@pytest.mark.django_db
def test_a_session_has_as_many_trials_as_the_study_says() -> None:
    study = study_with_places(comparisons=5, trials_per_session=3)
    session = open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)
    assert [trial.number for trial in session.trials.all()] == [1, 2, 3]
    assert len({trial.comparison_id for trial in session.trials.all()}) == 3


@pytest.mark.django_db
def test_a_session_is_shorter_where_less_is_left() -> None:
    study = study_with_places(comparisons=2, trials_per_session=3)
    assert progress_of(open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)) == (0, 2)


@pytest.mark.django_db
def test_a_worker_who_comes_back_goes_on_with_the_open_session() -> None:
    study, worker = study_with_places(comparisons=2), WorkerFactory.create()
    session = open_session(study, worker, rehearsal=False, now=NOON)
    assert open_session(study, worker, rehearsal=False, now=NOON + HOUR / 2) == session
    assert Session.objects.get().last_seen_at == NOON + HOUR / 2


@pytest.mark.django_db
def test_a_worker_never_gets_a_comparison_twice() -> None:
    study, worker = study_with_places(comparisons=5, trials_per_session=3), WorkerFactory.create()
    for _ in range(2):
        _answer(open_session(study, worker, rehearsal=False, now=NOON), trials=3)
    assert Counter(Trial.objects.values_list("comparison", flat=True)).most_common(1)[0][1] == 1
    with pytest.raises(NoPlaceLeft, match="You have answered everything"):
        open_session(study, worker, rehearsal=False, now=NOON)


@pytest.mark.django_db
def test_a_worker_who_comes_too_late_hears_that_the_study_is_full() -> None:
    study = study_with_places(comparisons=1, votes_wanted=1)
    open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)
    with pytest.raises(NoPlaceLeft, match="all the answers that it wants"):
        open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [Study.State.DRAFT, Study.State.CLOSED])
def test_a_study_that_is_not_open_takes_nobody(state: str) -> None:
    study = study_with_places(comparisons=1)
    study.state = state
    with pytest.raises(NoPlaceLeft, match="takes no answers"):
        open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)


@pytest.mark.django_db
def test_places_of_an_abandoned_session_go_to_others_and_its_answers_stay() -> None:
    study = study_with_places(comparisons=3, votes_wanted=1)
    left = open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)
    _answer(left, trials=1)
    other = open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON + HOUR)
    left.refresh_from_db()
    assert left.state == Session.State.ABANDONED
    assert progress_of(other) == (0, 2)
    assert Vote.objects.count() == 2


@pytest.mark.django_db
def test_a_session_still_touched_is_not_abandoned() -> None:
    study = study_with_places(comparisons=3, votes_wanted=1)
    busy = open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)
    trial = busy.next_trial()
    assert trial
    trial.mark_shown(NOON + HOUR / 2)
    with pytest.raises(NoPlaceLeft):
        open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON + HOUR)


@pytest.mark.django_db
def test_a_worker_who_left_may_vote_another_day_on_what_was_given_back() -> None:
    study, worker = study_with_places(comparisons=2), WorkerFactory.create()
    open_session(study, worker, rehearsal=False, now=NOON)
    open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON + 2 * HOUR)
    assert progress_of(open_session(study, worker, rehearsal=False, now=NOON + 2 * HOUR)) == (0, 2)


@pytest.mark.django_db
def test_a_rehearsal_takes_none_of_the_real_places() -> None:
    study = study_with_places(comparisons=2, votes_wanted=1)
    rehearsal = open_session(study, WorkerFactory.create(channel="rehearsal"), rehearsal=True, now=NOON)
    real = open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)
    assert all(trial.place and trial.place.rehearsal for trial in rehearsal.trials.all())
    assert not any(trial.place and trial.place.rehearsal for trial in real.trials.all())
    assert progress_of(real) == (0, 2)


@pytest.mark.django_db
def test_comparisons_with_most_votes_missing_come_first() -> None:
    study = study_with_places(comparisons=6, trials_per_session=3)
    first, second = (open_session(study, worker, rehearsal=False, now=NOON) for worker in WorkerFactory.create_batch(2))
    seen = [trial.comparison_id for session in (first, second) for trial in session.trials.all()]
    assert len(set(seen)) == 6


@pytest.mark.django_db
def test_places_fill_in_the_order_of_their_numbers() -> None:
    study = study_with_places(comparisons=4, votes_wanted=3)
    for worker in WorkerFactory.create_batch(2):
        open_session(study, worker, rehearsal=False, now=NOON)
    assert set(Place.objects.filter(trials__isnull=False).values_list("number", flat=True)) == {0, 1}


@pytest.mark.django_db
def test_opening_a_session_takes_as_many_queries_for_a_large_study_as_for_a_small_one() -> None:
    counts = []
    for comparisons in (100, 50_000):
        study, worker = study_with_places(comparisons=comparisons, votes_wanted=1), WorkerFactory.create()
        with CaptureQueriesContext(connection) as queries:
            open_session(study, worker, rehearsal=False, now=NOON)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


@pytest.mark.django_db
def test_the_next_places_are_found_along_an_index_and_need_no_sorting() -> None:
    study, worker = study_with_places(comparisons=100, votes_wanted=1), WorkerFactory.create()
    with CaptureQueriesContext(connection) as queries:
        open_session(study, worker, rehearsal=False, now=NOON)
    (choosing,) = [query["sql"] for query in queries if query["sql"].startswith('SELECT "studies_place"')]
    with connection.cursor() as cursor:
        plan = [row[-1] for row in cursor.execute(f"EXPLAIN QUERY PLAN {choosing}").fetchall()]
    assert "free_places_by_rank" in plan[0]
    assert not [step for step in plan if "TEMP B-TREE" in step]


EVENTS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["open", "vote", "leave"])), max_size=15)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None)
@given(events=EVENTS)
def test_no_vote_is_lost_or_repeated_however_workers_come_and_go(events: list[tuple[int, str]]) -> None:
    with transaction.atomic():
        study, workers = study_with_places(comparisons=3, trials_per_session=2), WorkerFactory.create_batch(3)
        now = NOON
        for who, what in events:
            now += 2 * HOUR if what == "leave" else timedelta(seconds=1)
            if what != "leave":
                _visit(study, workers[who], votes=int(what == "vote"), now=now)
            _check_invariants()
        for worker in workers:
            while _visit(study, worker, votes=2, now=now + 2 * HOUR):
                _check_invariants()
        # Two votes are wanted and three workers are willing, so every place is filled in the end.
        assert Trial.objects.progress(study, rehearsal=False) == (6, 6)
        transaction.set_rollback(True)


def _visit(study: Study, worker: Worker, votes: int, now: datetime) -> bool:
    try:
        session = open_session(study, worker, rehearsal=False, now=now)
    except NoPlaceLeft:
        return False
    _answer(session, votes)
    return True


def _check_invariants() -> None:
    taken = list(Trial.objects.taken())
    assert len({trial.place_id for trial in taken}) == len(taken)
    assert len({(trial.worker_id, trial.comparison_id) for trial in taken}) == len(taken)
    assert Vote.objects.count() == 2 * Trial.objects.done().count()
    assert all(trial.place and trial.place.comparison_id == trial.comparison_id for trial in taken)
    assert {*Place.objects.filter(free=False).values_list("pk", flat=True)} == {trial.place_id for trial in taken}
    assert not Trial.objects.open().exclude(session__state=Session.State.OPEN).exists()


# Who is not welcome


@pytest.mark.django_db
def test_who_took_part_in_an_earlier_study_may_not_take_part() -> None:
    pilot, study = study_with_places(comparisons=1), study_with_places(comparisons=1)
    study.earlier_studies.add(pilot)
    known, stranger = WorkerFactory.create_batch(2)
    open_session(pilot, known, rehearsal=False, now=NOON)
    with pytest.raises(NoPlaceLeft, match="have not taken part before"):
        open_session(study, known, rehearsal=False, now=NOON)
    assert open_session(study, stranger, rehearsal=False, now=NOON)


@pytest.mark.django_db
def test_hashed_ids_on_the_list_may_not_take_part() -> None:
    listed, other = WorkerFactory.create_batch(2)
    study = study_with_places(comparisons=1, excluded_ids=f"0123abcd\n{listed.hashed_id}\n")
    with pytest.raises(NoPlaceLeft):
        open_session(study, listed, rehearsal=False, now=NOON)
    assert open_session(study, other, rehearsal=False, now=NOON)
