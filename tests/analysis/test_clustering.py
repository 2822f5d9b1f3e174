from random import Random

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups  # type: ignore[import-untyped]

from analysis.clustering import TooFewClusters, clustered_covariance, degrees_of_freedom, few_clusters_warning
from analysis.study_votes import FloatArray, IntArray

Votes = tuple[FloatArray, IntArray, IntArray]


def influence_of_means(values: FloatArray) -> FloatArray:
    influence: FloatArray = (values - values.mean(axis=0)) / len(values)
    return influence


def crossed(columns: int, seed: int = 0) -> Votes:
    """Values of 300 votes with effects of 30 comparisons and 20 workers."""
    rng = np.random.default_rng(seed)
    first, second = rng.integers(30, size=300), rng.integers(20, size=300)
    effects = rng.normal(size=(30, columns))[first] + rng.normal(size=(20, columns))[second]
    return effects + rng.normal(size=(300, columns)), first, second


@st.composite
def votes_of_few(draw: st.DrawFn) -> Votes:
    rows = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2))
    extra = draw(st.lists(rows, max_size=20))
    first, second, option = np.array([(0, 0, 0), (1, 1, 1), *extra], np.int64).T
    return influence_of_means(np.eye(3)[option]), first, second


def test_the_variance_of_a_mean_is_that_of_statsmodels() -> None:
    values, first, second = crossed(columns=1)
    fit = sm.OLS(values[:, 0], np.ones(len(values))).fit()
    expected = cov_cluster_2groups(fit, first, second)[0]
    assert clustered_covariance(influence_of_means(values), first, second) == pytest.approx(expected)


def test_the_covariance_of_two_means_is_that_of_statsmodels() -> None:
    # Two means of disjoint votes are the coefficients of two indicators; each has clusters' effects of its own.
    values, first, second = crossed(columns=2)
    group = np.arange(len(values)) % 2
    design = np.eye(2)[group]
    fit = sm.OLS(values[np.arange(len(values)), group], design).fit()
    influence = design * fit.resid[:, None] / design.sum(axis=0)
    regressors = (len(values) - 1) / (len(values) - 2)  # which statsmodels corrects for, too
    expected = cov_cluster_2groups(fit, first, second)[0]
    assert clustered_covariance(influence, first, second) * regressors == pytest.approx(expected)


def test_votes_that_share_nothing_vary_as_independent_ones() -> None:
    values = np.random.default_rng(1).normal(size=(50, 1))
    each = np.arange(50)
    assert clustered_covariance(influence_of_means(values), each, each)[0, 0] == pytest.approx(values.var(ddof=1) / 50)


def test_the_variance_is_never_below_that_of_independent_votes() -> None:
    # Each comparison and each worker gives one vote for and one against: between clusters nothing varies.
    values = np.array([[1.0], [0.0], [0.0], [1.0]])
    first, second = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    assert clustered_covariance(influence_of_means(values), first, second)[0, 0] == pytest.approx(values.var(ddof=1) / 4)


@settings(max_examples=30)
@given(votes_of_few())
def test_no_combination_has_a_negative_variance(votes: Votes) -> None:
    assert np.linalg.eigvalsh(clustered_covariance(*votes)).min() >= -1e-12


@settings(max_examples=30)
@given(votes_of_few())
def test_votes_counted_twice_tell_no_more(votes: Votes) -> None:
    influence, first, second = votes
    twice = (np.tile(influence / 2, (2, 1)), np.tile(first, 2), np.tile(second, 2))
    assert clustered_covariance(*twice) == pytest.approx(clustered_covariance(*votes))


@settings(max_examples=30)
@given(votes_of_few(), st.randoms(use_true_random=False))
def test_neither_rows_nor_codes_nor_the_order_of_the_ways_matter(votes: Votes, random: Random) -> None:
    influence, first, second = votes
    rows = np.array(random.sample(range(len(first)), len(first)))
    shuffled = clustered_covariance(influence[rows], 7 - second[rows], 3 * first[rows])
    assert shuffled == pytest.approx(clustered_covariance(*votes))


def test_the_scarcer_clusters_give_the_degrees_of_freedom() -> None:
    assert degrees_of_freedom(np.array([0, 0, 1, 2]), np.array([5, 9, 9, 9])) == 1
    assert degrees_of_freedom(np.array([], np.int64), np.array([], np.int64)) == 0


def test_one_worker_tells_no_variance() -> None:
    with pytest.raises(TooFewClusters, match="two workers"):
        clustered_covariance(np.zeros((2, 1)), np.array([0, 1]), np.array([0, 0]))


@pytest.mark.parametrize(
    ("comparisons", "workers", "warning"),
    [
        (20, 20, ""),
        (200, 12, "only 12 workers: the interval may be too narrow"),
        (19, 12, "only 19 comparisons and 12 workers: the interval may be too narrow"),
        (200, 1, "only 1 worker: no interval can be given"),
        (0, 0, "no votes"),
    ],
)
def test_few_clusters_are_told(comparisons: int, workers: int, warning: str) -> None:
    assert few_clusters_warning(comparisons, workers) == warning
