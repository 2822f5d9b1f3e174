"""Numbers worked out by hand from Amazon's pricing page: 20 %, from ten assignments 40 %, Masters 5 %, at least a cent."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.channels.mturk.fees import NegativeAmount, bonus_fee_cents, fee_cents

CENTS = st.integers(0, 100_000)


@pytest.mark.parametrize(
    ("reward", "assignments", "masters", "fee"),
    [
        (100, 1, False, 20),
        (100, 9, False, 20),
        (100, 10, False, 40),
        (100, 10, True, 45),
        (100, 5, True, 25),
        (1, 1, False, 1),  # 0.2 cents, of which a cent is the least
        (7, 9, False, 1),  # 1.4
        (8, 9, False, 2),  # 1.6
        (13, 10, False, 6),  # 2.6 and 2.6 again
        (10, 9, True, 3),  # 2 and 0.5, rounded up
        (0, 10, True, 1),
    ],
)
def test_the_fee_of_an_assignment(reward: int, assignments: int, masters: bool, fee: int) -> None:
    assert fee_cents(reward, max_assignments=assignments, masters=masters) == fee


@pytest.mark.parametrize(("bonus", "fee"), [(100, 20), (1, 1), (12, 2), (13, 3), (0, 1)])
def test_the_fee_of_a_bonus(bonus: int, fee: int) -> None:
    assert bonus_fee_cents(bonus) == fee


@given(reward=CENTS, assignments=st.integers(1, 100), masters=st.booleans())
def test_a_fee_is_within_a_cent_and_a_half_of_its_per_cents(reward: int, assignments: int, masters: bool) -> None:
    percent = 20 + (20 if assignments >= 10 else 0) + (5 if masters else 0)
    exact = max(Fraction(1), Fraction(reward * percent, 100))
    assert abs(fee_cents(reward, max_assignments=assignments, masters=masters) - exact) <= Fraction(3, 2)


@given(reward=CENTS, masters=st.booleans())
def test_a_tenth_assignment_never_makes_one_cheaper(reward: int, masters: bool) -> None:
    ten, nine = (fee_cents(reward, max_assignments=count, masters=masters) for count in (10, 9))
    assert ten >= nine


def test_an_amount_below_nothing_is_refused() -> None:
    with pytest.raises(NegativeAmount):
        fee_cents(-1, max_assignments=1, masters=False)
    with pytest.raises(NegativeAmount):
        bonus_fee_cents(-1)
