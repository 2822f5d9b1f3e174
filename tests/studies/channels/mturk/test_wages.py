import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.channels.mturk.wages import HOUR, Work, top_ups, wages_of

WORK = st.builds(Work, st.integers(1, 5), st.integers(1, 7200), st.integers(0, 500))


def test_a_wage_is_money_by_time_over_all_of_a_workers_assignments() -> None:
    wages = wages_of([Work(1, 60, 10), Work(1, 120, 20), Work(2, 30, 10)])
    assert wages is not None
    assert [(wage.worker, wage.hourly) for wage in wages.workers] == [(1, 600.0), (2, 1200.0)]
    assert wages.workers[0].assignments == 2
    assert (wages.median, wages.tenth) == (900.0, 660.0)  # halfway, and a tenth of the way, from 600 to 1200


def test_without_work_there_are_no_wages() -> None:
    assert wages_of([]) is None


def test_a_top_up_lifts_to_the_target_and_no_cent_further() -> None:
    wages = wages_of([Work(1, 60, 10), Work(2, 30, 10), Work(3, 100, 0)])
    assert wages is not None
    assert top_ups(wages, 1000) == {1: 7, 3: 28}  # 16.67 − 10 and 27.78, rounded up


def test_who_earns_the_target_gets_none() -> None:
    wages = wages_of([Work(1, 36, 10)])
    assert wages is not None
    assert top_ups(wages, 1000) == {}


@given(st.lists(WORK, min_size=1), st.integers(1, 3000))
def test_after_the_top_ups_everyone_has_the_target(work: list[Work], target: int) -> None:
    wages = wages_of(work)
    assert wages is not None
    missing = top_ups(wages, target)
    for wage in wages.workers:
        lifted = wage.cents + missing.get(wage.worker, 0)
        assert lifted * HOUR >= target * wage.seconds - 1e-6
        assert not missing.get(wage.worker) or (lifted - 1) * HOUR < target * wage.seconds + 1e-6


def test_no_time_at_all_is_taken_as_a_second() -> None:
    wages = wages_of([Work(1, 0, 1)])
    assert wages is not None
    assert wages.median == pytest.approx(3600)
