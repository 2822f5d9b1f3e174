"""Rounded columns, by hand."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.rounding import each_by_itself, largest_remainder
from analysis.tally import Share


def column(*votes: int) -> list[Share]:
    return [Share(number, sum(votes), best=False) for number in votes]


def test_each_by_itself_may_miss_100() -> None:
    assert list(map(str, each_by_itself(column(1, 1, 1)))) == ["33.33", "33.33", "33.33"]


def test_what_is_missing_goes_to_the_largest_remainders() -> None:
    # 1/7 = 14.2857…, 2/7 = 28.5714…, 4/7 = 57.1428…: .57, .14 and .28 of a cent were cut off, together one
    assert list(map(str, largest_remainder(column(1, 2, 4)))) == ["14.29", "28.57", "57.14"]
    # 1/6 = 16.6666…: .66 of a cent twice, and 4/6 = 66.6666…: of two missing cents the first two get one each
    assert list(map(str, largest_remainder(column(1, 1, 4)))) == ["16.67", "16.67", "66.66"]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 999), min_size=2, max_size=5).filter(any))
def test_a_column_adds_up_to_100_and_none_is_a_cent_off(votes: list[int]) -> None:
    percents = [percent for percent in largest_remainder(column(*votes)) if percent is not None]
    assert sum(percents) == 100
    assert all(abs(float(percent) - 100 * vote / sum(votes)) < 0.01 for percent, vote in zip(percents, votes, strict=True))


def test_shares_of_different_votes_are_rounded_each_by_itself() -> None:
    shares = [Share(1, 3, best=False), Share(1, 6, best=False)]
    assert largest_remainder(shares) == each_by_itself(shares)


def test_no_votes_are_no_percentage() -> None:
    assert largest_remainder([Share(0, 0, best=False)] * 2) == [None, None]
