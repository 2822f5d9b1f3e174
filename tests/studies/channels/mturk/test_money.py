"""Amounts as Mechanical Turk's service model has them: ^[0-9]+(\\.)?[0-9]{0,2}$."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.channels.mturk.errors import BadAmount
from studies.channels.mturk.money import amount_of, cents_of, dollars


@pytest.mark.parametrize(
    ("text", "cents"), [("0.05", 5), ("0.5", 50), ("5", 500), (" 1.20 ", 120), ("0", 0), ("10000.00", 1_000_000), ("3.", 300)]
)
def test_an_amount_is_read_in_cents(text: str, cents: int) -> None:
    assert cents_of(text) == cents


@pytest.mark.parametrize("text", ["0.5$", "$0.5", ".5", "0.055", "-1", "1,20", "", "five", "1e2", "٣", "0.0 5", "1.2.3"])
def test_what_is_no_amount_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(BadAmount, match=r"such as 0\.05, without a currency sign"):
        cents_of(text)


@given(st.integers(0, 10**9))
def test_an_amount_that_was_written_is_read_again(cents: int) -> None:
    assert cents_of(amount_of(cents)) == cents


@given(st.integers(0, 10**9))
def test_an_amount_has_two_digits_behind_the_point(cents: int) -> None:
    whole, _, part = amount_of(cents).partition(".")
    assert (int(whole), int(part), len(part)) == (cents // 100, cents % 100, 2)


@pytest.mark.parametrize(
    ("cents", "said"), [(5, "$0.05"), (123_405, "$1,234.05"), (-5, "−$0.05"), (-250, "−$2.50"), (0, "$0.00")]
)
def test_people_read_dollars(cents: int, said: str) -> None:
    assert dollars(cents) == said
