"""Counts and shares, against hand calculations and pandas."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.tally import TIE, Share, tally

CELLS, OPTIONS = 3, 4
VOTES = st.lists(st.tuples(st.integers(0, CELLS - 1), st.integers(0, OPTIONS - 1)), max_size=60)


def shares(*options: int) -> list[Share]:
    """Of one cell with three options."""
    return tally(np.zeros(len(options), np.int64), np.array(options, np.int64), 1, 3)[0]


def test_shares_of_seven_votes() -> None:
    assert [share.votes for share in shares(0, 1, 1, 2, 2, 2, 2)] == [1, 2, 4]
    assert [str(share.percent) for share in shares(0, 1, 1, 2, 2, 2, 2)] == ["14.29", "28.57", "57.14"]  # sevenths by hand


def test_the_tie_row_is_never_best() -> None:
    assert [share.best for share in shares(0, 0, 0, 1)] == [False, True, False]


def test_equal_counts_are_both_best() -> None:
    assert [share.best for share in shares(0, 1, 2)] == [False, True, True]


def test_best_is_decided_on_counts_where_percentages_print_alike() -> None:
    more, fewer = 50_001, 50_000
    cell = shares(*[1] * more, *[2] * fewer)
    assert cell[1].percent == cell[2].percent == Decimal("50.00")
    assert [share.best for share in cell] == [False, True, False]


def test_a_share_is_of_the_votes_that_could_have_been_the_options() -> None:
    # Three votes on 1 against 2, one on 1 against 3; no clear winner could always be chosen.
    first, other = [True, True, True, False], [True, True, False, True]
    shown = np.array([first, first, first, other])
    (cell,) = tally(np.zeros(4, np.int64), np.array([1, 2, 1, 3]), 1, 4, shown)
    assert [(share.votes, share.total) for share in cell] == [(0, 4), (2, 4), (1, 3), (1, 1)]
    assert [share.best for share in cell] == [False, False, False, True]


def test_nobody_is_best_where_nobody_was_chosen() -> None:
    assert not any(share.best for share in shares(0, 0))


def test_without_votes_there_is_no_percentage() -> None:
    assert [share.percent for share in shares()] == [None] * 3


@pytest.mark.parametrize(("votes", "total", "percent"), [(1, 800, "0.13"), (5, 800, "0.63"), (1, 3, "33.33"), (2, 3, "66.67")])
def test_halves_are_rounded_up(votes: int, total: int, percent: str) -> None:
    assert str(Share(votes, total, best=False).percent) == percent  # 1/800 = .125 %, 5/800 = .625 %


@given(VOTES)
def test_counts_are_those_of_pandas(votes: list[tuple[int, int]]) -> None:
    frame = pd.DataFrame(votes, columns=["cell", "option"], dtype=np.int64)
    counts = frame.groupby(["cell", "option"]).size()
    cells = tally(frame["cell"].to_numpy(), frame["option"].to_numpy(), CELLS, OPTIONS)
    for cell, option in np.ndindex(CELLS, OPTIONS):
        assert cells[cell][option].votes == counts.get((cell, option), 0)
        assert cells[cell][option].total == (frame["cell"] == cell).sum()


@given(VOTES)
def test_the_best_are_the_conditions_at_the_maximum(votes: list[tuple[int, int]]) -> None:
    cell, option = np.array(votes, np.int64).reshape(-1, 2).T
    for row in tally(cell, option, CELLS, OPTIONS):
        conditions = row[TIE + 1 :]
        most = max(share.votes for share in conditions)
        assert [share.best for share in conditions] == [share.votes == most and most > 0 for share in conditions]
        assert not row[TIE].best
