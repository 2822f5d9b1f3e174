from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import TTestPower  # type: ignore[import-untyped]

from analysis.power import (
    USUAL,
    USUAL_PLAN,
    Assumptions,
    BadPlan,
    Correlations,
    Plan,
    Split,
    comparisons_needed,
    correlations_of,
    power,
    smallest_difference,
    votes_needed,
)

INDEPENDENT = Correlations(0.0, 0.0)
TEN_POINTS = Assumptions(Split(0.45, 0.35), USUAL)


def independent(difference: float) -> Assumptions:
    return Assumptions(Split(0.4, 0.4).with_difference(difference), INDEPENDENT)


@pytest.mark.parametrize(("comparisons", "difference"), [(100, 0.2), (100, 0.3), (10, 0.5), (3, 0.5), (2, 0.7), (100, 0.0)])
def test_of_independent_votes_it_is_the_power_of_a_t_test(comparisons: int, difference: float) -> None:
    found = power(Plan(comparisons, 1, comparisons), independent(difference))
    effect = difference / sqrt(0.8 - difference**2)
    assert found == pytest.approx(TTestPower().power(effect, comparisons, 0.05), abs=1e-4)


def test_so_many_comparisons_are_needed_as_statsmodels_says() -> None:
    expected = TTestPower().solve_power(0.2 / sqrt(0.76), alpha=0.05, power=0.8)
    assert comparisons_needed(Plan(10, 1, 10), independent(0.2)) == -(-expected // 1)


def test_the_design_effect_stretches_the_variance_of_a_study() -> None:
    """30 votes on each comparison, one by each worker: 1 + 29 · 0.1 = 3.9 times the variance."""
    plan, correlated = Plan(10_000, 30, 300_000), Correlations(0.1, 0.0)
    assert correlated.design_effect(plan) == pytest.approx(3.9)
    alone = smallest_difference(plan, Assumptions(Split(0.4, 0.4), INDEPENDENT)) or 0
    assert smallest_difference(plan, Assumptions(Split(0.4, 0.4), correlated)) == pytest.approx(alone * sqrt(3.9), rel=1e-3)


def test_the_usual_correlations_give_the_usual_design_effect() -> None:
    assert USUAL.design_effect(Plan(100, 10, 60)) == pytest.approx(2.7)
    assert 9 * USUAL.comparison == pytest.approx((1000 / 60 - 1) * USUAL.worker) == pytest.approx(0.85)


def test_where_nobody_votes_twice_comparisons_make_the_whole_design_effect() -> None:
    assert correlations_of(1.9, Plan(50, 10, 500)) == Correlations(pytest.approx(0.1), 0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("wanted", [0.8, 0.9])
def test_the_smallest_difference_is_seen_with_the_wanted_power(wanted: float) -> None:
    least = smallest_difference(USUAL_PLAN, TEN_POINTS, wanted) or 0
    assert power(USUAL_PLAN, TEN_POINTS.with_difference(least)) == pytest.approx(wanted, abs=1e-4)


def test_what_is_needed_is_enough_and_one_less_is_not() -> None:
    comparisons, votes = comparisons_needed(USUAL_PLAN, TEN_POINTS) or 0, votes_needed(USUAL_PLAN, TEN_POINTS) or 0
    assert (
        power(USUAL_PLAN.resized(comparisons, 10), TEN_POINTS)
        >= 0.8
        > power(USUAL_PLAN.resized(comparisons - 1, 10), TEN_POINTS)
    )
    assert power(USUAL_PLAN.resized(100, votes), TEN_POINTS) >= 0.8 > power(USUAL_PLAN.resized(100, votes - 1), TEN_POINTS)


def test_no_number_of_votes_makes_up_for_too_few_comparisons() -> None:
    assert votes_needed(Plan(10, 10, 60), TEN_POINTS) is None


def test_no_number_of_comparisons_finds_no_difference() -> None:
    assert comparisons_needed(USUAL_PLAN, TEN_POINTS.with_difference(0.0)) is None


def test_a_study_of_two_comparisons_sees_no_difference() -> None:
    assert smallest_difference(Plan(2, 10, 20), TEN_POINTS) is None


def test_a_study_in_which_all_votes_agree_has_all_power() -> None:
    assert power(Plan(5, 2, 5), Assumptions(Split(1.0, 0.0), INDEPENDENT)) == 1


@given(
    comparisons=st.integers(2, 300),
    votes=st.integers(1, 20),
    share=st.floats(0.0, 0.9),
    tests=st.integers(1, 50),
)
@settings(max_examples=30)
def test_power_grows_with_comparisons_votes_and_difference_and_falls_with_tests(
    comparisons: int, votes: int, share: float, tests: int
) -> None:
    plan = USUAL_PLAN.resized(comparisons, votes)
    assumed = TEN_POINTS.with_difference(0.8 * share)
    least = power(plan, assumed) - 1e-3  # workers come in whole numbers
    assert power(plan.resized(2 * comparisons, votes), assumed) >= least
    assert power(plan.resized(comparisons, 2 * votes), assumed) >= least
    assert power(plan, assumed.with_difference(0.8 * share + 0.08)) >= least
    assert power(plan, Assumptions(assumed.split, assumed.correlations, tests)) <= least + 1e-3


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [((1, 10, 10), "two comparisons"), ((10, 10, 5), "as many workers"), ((10, 10, 101), "Plan fewer workers")],
)
def test_a_plan_that_cannot_be_is_refused(sizes: tuple[int, int, int], reason: str) -> None:
    with pytest.raises(BadPlan, match=reason):
        Plan(*sizes)


def test_a_difference_greater_than_all_decided_votes_is_refused() -> None:
    with pytest.raises(BadPlan, match=r"90 points are more than the 80 %"):
        Split(0.4, 0.4).with_difference(0.9)


@pytest.mark.parametrize(("effect", "plan"), [(0.5, USUAL_PLAN), (2.7, Plan(50, 1, 50)), (2.7, Plan(50, 2, 50))])
def test_a_design_effect_that_cannot_be_is_refused(effect: float, plan: Plan) -> None:
    with pytest.raises(BadPlan, match="design effect"):
        correlations_of(effect, plan)
