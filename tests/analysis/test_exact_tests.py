import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from analysis.exact_tests import clopper_pearson, even_odds_p


def test_eight_of_ten() -> None:
    # Clopper & Pearson's interval and the two-sided binomial test, as in tables
    assert clopper_pearson(8, 10, 0.95) == pytest.approx((0.443905, 0.974789), abs=1e-6)
    assert even_odds_p(8, 2) == pytest.approx(0.109375)


@settings(max_examples=30)
@given(st.integers(0, 300), st.integers(1, 300))
def test_p_is_that_of_scipy(wins: int, losses: int) -> None:
    assert even_odds_p(wins, losses) == pytest.approx(binomtest(wins, wins + losses).pvalue)


@settings(max_examples=30)
@given(st.integers(0, 50), st.integers(1, 50), st.sampled_from([0.9, 0.95, 0.99]))
def test_the_interval_is_that_of_scipy(wins: int, losses: int, level: float) -> None:
    interval = binomtest(wins, wins + losses).proportion_ci(level, method="exact")
    assert clopper_pearson(wins, wins + losses, level) == pytest.approx((interval.low, interval.high))


def test_none_of_ten_and_all_of_ten_have_one_exact_limit() -> None:
    limit = 0.025 ** (1 / 10)  # the probability of ten in a row is that limit to the tenth
    assert clopper_pearson(0, 10, 0.95) == pytest.approx((0.0, 1 - limit))
    assert clopper_pearson(10, 10, 0.95) == pytest.approx((limit, 1.0))


def test_nothing_is_tested_where_nothing_was_counted() -> None:
    assert even_odds_p(0, 0) is None
