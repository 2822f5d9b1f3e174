"""Shares and the best of them, against hand calculations."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.tally import Share, with_best


def marked(*votes: int) -> list[bool]:
    """Which of these conditions are best."""
    return [share.best for share in with_best([Share(number, 20, best=False) for number in votes])]


def test_shares_of_seven_votes() -> None:
    percents = [str(Share(votes, 7, best=False).percent) for votes in (1, 2, 4)]
    assert percents == ["14.29", "28.57", "57.14"]  # sevenths by hand


def test_equal_counts_are_both_best() -> None:
    assert marked(1, 4, 4) == [False, True, True]


def test_best_is_decided_on_counts_where_percentages_print_alike() -> None:
    more, fewer = Share(50_001, 100_001, best=False), Share(50_000, 100_001, best=False)
    assert more.percent == fewer.percent == Decimal("50.00")
    assert [share.best for share in with_best([more, fewer])] == [True, False]


def test_the_best_has_the_largest_share_not_the_most_votes() -> None:
    assert [share.best for share in with_best([Share(2, 4, best=False), Share(1, 1, best=False)])] == [False, True]


def test_nobody_is_best_where_nobody_was_chosen() -> None:
    assert marked(0, 0) == [False, False]


def test_without_votes_there_is_no_percentage() -> None:
    assert Share(0, 0, best=False).percent is None
    assert [share.best for share in with_best([Share(0, 0, best=False)] * 2)] == [False, False]


@pytest.mark.parametrize(("votes", "total", "percent"), [(1, 800, "0.13"), (5, 800, "0.63"), (1, 3, "33.33"), (2, 3, "66.67")])
def test_halves_are_rounded_up(votes: int, total: int, percent: str) -> None:
    assert str(Share(votes, total, best=False).percent) == percent  # 1/800 = .125 %, 5/800 = .625 %


def test_a_third_of_a_vote_is_counted_exactly() -> None:
    assert str(Share(Fraction(1, 3), 1, best=False).percent) == "33.33"


@settings(max_examples=25)
@given(st.lists(st.integers(0, 5), min_size=2, max_size=4))
def test_the_best_are_the_conditions_at_the_maximum(votes: list[int]) -> None:
    assert marked(*votes) == [number == max(votes) and number > 0 for number in votes]
