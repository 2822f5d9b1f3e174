from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.web.forecast import forecast

DAY, HOUR = timedelta(hours=24), timedelta(hours=1)

# 97.5 % points of F as printed in tables: F(10, 10) = 3.717, F(20, 10) = 3.419, F(10, 20) = 2.774.


def test_five_lone_trials_in_ten_hours_leave_five_more_ten_hours_away() -> None:
    found = forecast([1, 1, 1, 1, 1], 10 * HOUR, missing=5)
    assert found
    assert found.expected == 10 * HOUR
    assert found.soonest / HOUR == pytest.approx(10 / 3.717, rel=1e-3)
    assert found.latest / HOUR == pytest.approx(37.17, rel=1e-3)


def test_trials_that_come_in_fours_count_as_often_as_their_sessions() -> None:
    assert forecast([4, 4, 4, 4, 4], 10 * HOUR, missing=20) == forecast([1, 1, 1, 1, 1], 10 * HOUR, missing=5)


def test_the_interval_has_as_many_degrees_of_freedom_as_there_are_missing_and_answered() -> None:
    found = forecast([2, 2, 2, 2, 2], DAY, missing=20)  # φ = 2, R / φ = 10, k / φ = 5
    assert found
    assert found.expected == 2 * DAY
    assert found.soonest / DAY == pytest.approx(2 / 2.774, rel=1e-3)
    assert found.latest / DAY == pytest.approx(2 * 3.419, rel=1e-3)


@pytest.mark.parametrize(
    ("answered", "window", "missing"),
    [
        ([], DAY, 5),
        ([20, 20], DAY, 5),
        ([100, 1, 1, 1], DAY, 5),
        ([1, 1, 1, 1], HOUR / 2, 5),
        ([1, 1, 1, 1], DAY, 0),
        ([1, 1, 1], DAY, 9999),
    ],
    ids=["nobody came", "two sessions", "one session did nearly all", "half an hour", "nothing is missing", "years ahead"],
)
def test_there_is_no_forecast_on_too_little(answered: list[int], window: timedelta, missing: int) -> None:
    assert forecast(answered, window, missing) is None


@given(st.lists(st.integers(1, 200), min_size=8, max_size=50), st.integers(1, 500_000))
def test_the_expected_end_lies_between_the_soonest_and_the_latest(answered: list[int], missing: int) -> None:
    found = forecast(answered, DAY, missing)
    assert found is None or timedelta(0) <= found.soonest < found.expected < found.latest
