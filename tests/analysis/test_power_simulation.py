from math import sqrt

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm
from statsmodels.stats.power import TTestPower  # type: ignore[import-untyped]

from analysis.inference import differences
from analysis.power import USUAL, USUAL_PLAN, Assumptions, BadPlan, Correlations, Plan, Split, power
from analysis.power_simulation import (
    holm_adjusted,
    latent_correlations,
    p_values,
    simulated_power,
    simulated_scores,
    workers_of,
)
from tests.analysis.study_votes_made import study_votes

TEN_POINTS = Assumptions(Split(0.45, 0.35), USUAL)
CHOICES = {1: "a", 0: "no clear winner", -1: "b"}


def test_the_test_is_that_of_the_report() -> None:
    plan, rng = Plan(12, 4, 9), np.random.default_rng(3)
    worker = workers_of(plan, rng)
    scores = simulated_scores(plan, TEN_POINTS, worker, 1, rng)
    votes = study_votes(
        ("A&E", f"prompt {row}", 0, f"w{worker[row, column]}", "quality", "a|b", CHOICES[int(score)])
        for (row, column), score in np.ndenumerate(scores[0])
    )
    assert p_values(scores, worker)[0] == pytest.approx(differences(votes)[0].p, rel=1e-9)


def test_votes_that_all_agree_are_tested_as_the_report_does() -> None:
    worker = np.array([[0, 1], [1, 2], [2, 0]])
    votes = study_votes(
        ("A&E", f"prompt {row}", 0, f"w{who}", "quality", "a|b", "a") for row, both in enumerate(worker) for who in both
    )
    assert p_values(np.ones((1, 3, 2)), worker)[0] == differences(votes)[0].p == 0.25


def test_of_independent_votes_power_is_that_of_a_t_test() -> None:
    assumed = Assumptions(Split(0.5, 0.3), Correlations(0.0, 0.0))
    found = simulated_power(Plan(100, 1, 100), assumed, 4000, seed=0)
    assert found.power == pytest.approx(TTestPower().power(0.2 / sqrt(0.76), 100, 0.05), abs=3 * found.error)


def test_with_crossed_effects_power_is_that_of_the_closed_form() -> None:
    found = simulated_power(USUAL_PLAN, TEN_POINTS, 2000, seed=1)
    assert found.power == pytest.approx(power(USUAL_PLAN, TEN_POINTS), abs=3 * found.error)


def test_where_there_is_no_difference_one_study_in_twenty_finds_one() -> None:
    found = simulated_power(USUAL_PLAN, TEN_POINTS.with_difference(0.0), 3000, seed=2)
    assert found.power == pytest.approx(0.05, abs=0.012)


def test_the_same_seed_simulates_the_same_and_another_one_does_not() -> None:
    plan = Plan(20, 5, 20)
    one, again, other = (simulated_power(plan, TEN_POINTS, 500, seed) for seed in (5, 5, 6))
    assert one == again != other


def test_simulated_votes_split_as_assumed_and_have_the_design_effect() -> None:
    rng = np.random.default_rng(4)
    worker = workers_of(USUAL_PLAN, rng)
    scores = simulated_scores(USUAL_PLAN, TEN_POINTS, worker, 1500, rng)
    assert [np.mean(scores > 0), np.mean(scores < 0)] == pytest.approx([0.45, 0.35], abs=0.005)
    assert scores.mean(axis=(1, 2)).var() == pytest.approx(2.7 * 0.79 / 1000, rel=0.12)  # variance of a score: 0.8 − 0.1²


def test_latent_variables_are_correlated_so_that_scores_are() -> None:
    """E[d d′] from the bivariate normal distribution function of scipy."""
    of_comparison, _ = latent_correlations(TEN_POINTS)
    high, low = norm.isf(0.45), norm.ppf(0.35)
    both = multivariate_normal([0, 0], [[1, of_comparison], [of_comparison, 1]])
    agree = both.cdf([-high, -high]) + both.cdf([low, low])
    oppose = 2 * (norm.cdf(low) - both.cdf([high, low]))
    assert (agree - oppose - 0.1**2) / 0.79 == pytest.approx(USUAL.comparison, abs=1e-4)


def test_votes_cannot_depend_on_each_other_more_than_wholly() -> None:
    with pytest.raises(BadPlan, match="smaller design effect"):
        latent_correlations(Assumptions(Split(0.4, 0.4), Correlations(0.6, 0.39)))


def test_workers_vote_once_on_a_comparison_and_about_equally_often() -> None:
    worker = workers_of(Plan(50, 7, 30), np.random.default_rng(0))
    assert all(len(set(row)) == 7 for row in worker.tolist())
    assert set(np.bincount(worker.ravel())) <= {11, 12}


def test_the_family_is_adjusted_as_holm_does() -> None:
    """R: p.adjust(c(.01, .02, .03, .04, .05), "holm") is .05, .08, .09, .09, .09."""
    family = np.array([0.01, 0.02, 0.03, 0.04, 0.05])
    others = np.array([np.delete(family, place) for place in range(5)])
    assert holm_adjusted(family, others) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])


def test_large_studies_are_simulated_less_often() -> None:
    assert simulated_power(Plan(1000, 10, 500), TEN_POINTS, 2000, seed=0).simulations == 500
