"""Votes behind printed percentages, against divisions by hand and a search through every total."""

from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.printed_counts import NoPercentage, counts_printing_as, verdict
from analysis.tally import Share


def column(text: str) -> list[Decimal]:
    return [Decimal(number) for number in text.split()]


@pytest.mark.parametrize(
    ("percents", "counts"),
    [
        ("33.33 66.67", (1, 2)),
        ("14.29 28.57 57.14", (1, 2, 4)),  # sevenths
        ("0.00 100.00", (0, 1)),
        ("50 50", (1, 1)),
        ("0.13 99.88", (1, 799)),  # 1/800 = .125 %: both halves are rounded up
        ("33.3 66.7", (1, 2)),
    ],
)
def test_the_fewest_votes_are_found(percents: str, counts: tuple[int, ...]) -> None:
    assert counts_printing_as(column(percents)) == counts


@pytest.mark.parametrize("percents", ["17.61 19.69 16.36 48.30", "50.02 50.00", "99.98 0.01", "0 0", "100 100"])
def test_no_votes_are_found_where_there_are_none(percents: str) -> None:
    assert counts_printing_as(column(percents)) is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=2, max_size=5).filter(any))
def test_any_votes_are_found_again_or_fewer_that_print_alike(votes: list[int]) -> None:
    printed = percents_of(tuple(votes))
    found = counts_printing_as(printed)
    assert found is not None
    assert percents_of(found) == printed
    assert sum(found) <= sum(votes)


def percents_of(votes: tuple[int, ...]) -> list[Decimal]:
    percents = [Share(number, sum(votes), best=False).percent for number in votes]
    return [percent for percent in percents if percent is not None]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 120).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_no_smaller_total_prints_so(votes: tuple[int, int]) -> None:
    number, total = votes
    printed = percents_of((number, total - number))
    smallest = next(each for each in count(1) if any(percents_of((part, each - part)) == printed for part in range(each + 1)))
    assert sum(counts_printing_as(printed) or ()) == smallest


def test_the_verdict_names_the_votes() -> None:
    assert verdict(column("33.33 66.67")) == "1, 2 of 3 votes print as 33.33, 66.67; no fewer votes do."


@pytest.mark.parametrize(
    ("percents", "bound"),
    [
        ("17.61 19.69 16.36 48.30", "101.940 at least"),  # they add up to 101.96, less four halves of a cent
        ("50.00 49.99", "less than 100.000"),  # 50.005 is printed as 50.01
        ("0 0 0 50.01 50.01", "100.010 at least"),  # no share is below 0
        ("99", "less than 99.5"),
    ],
)
def test_the_verdict_says_why_there_are_none(percents: str, bound: str) -> None:
    printed = ", ".join(percents.split())
    assert verdict(column(percents)) == f"No votes print as {printed}: shares that do add up to {bound}, never to 100."


@pytest.mark.parametrize(("percents", "said"), [("101 0", "from 0 to 100"), ("NaN", "NaN is no"), ("", "no percentages")])
def test_other_numbers_are_refused(percents: str, said: str) -> None:
    with pytest.raises(NoPercentage, match=said):
        counts_printing_as(column(percents))


def test_more_decimals_than_tables_have_are_refused() -> None:
    with pytest.raises(NoPercentage, match="4 at most"):
        counts_printing_as(column("33.33333 66.66667"))
