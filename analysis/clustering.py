"""Variances of votes that depend on each other twice: by the comparison voted on and by the worker who votes.

Cameron, Gelbach & Miller, "Robust inference with multiway clustering", Journal of Business & Economic Statistics 29, 2011.
"""

import numpy as np
import pandas as pd

from analysis.study_votes import FloatArray, IntArray

ENOUGH_CLUSTERS = 20  # below, clustered variances tend to be too small


class TooFewClusters(ValueError):
    """A variance between clusters needs two of them."""


def degrees_of_freedom(first: IntArray, second: IntArray) -> int:
    """Of the t distribution: the smaller number of clusters − 1 (their section 3.3); 0 where nothing can be inferred.

    first, second: the cluster of each vote in one way and the other, shape (votes,), codes from 0 of which some may be missing.
    """
    return max(min(_clusters(first), _clusters(second)) - 1, 0)


def few_clusters_warning(comparisons: int, workers: int) -> str:
    """What to say next to a number from so few; "" where they are enough."""
    numbers = [(comparisons, "comparison"), (workers, "worker")]
    few = " and ".join(f"{number} {noun}{'s' * (number != 1)}" for number, noun in numbers if number < ENOUGH_CLUSTERS)
    if not min(comparisons, workers):
        return "no votes"
    if min(comparisons, workers) == 1:
        return f"only {few}: no interval can be given"
    return few and f"only {few}: the interval may be too narrow"


def clusters_warning(first: IntArray, second: IntArray) -> str:
    """`few_clusters_warning` of votes in these clusters of one way and the other, shape (votes,), codes from 0."""
    return few_clusters_warning(_clusters(first), _clusters(second))


def clustered_covariance(influence: FloatArray, first: IntArray, second: IntArray) -> FloatArray:
    """The two-way clustered covariance of k estimates, shape (k, k).

    influence: what each vote adds to the error of each estimate, shape (votes, k): estimate − truth is about its sum.
    first, second: shape (votes,), as above: `votes.pair` and `votes.worker`.
    V = V_first + V_second − V_both (their eq. 2.9), each of G clusters times G / (G − 1). Raises TooFewClusters.

    V is floored at V_both, the naive variance wherever a worker votes once on a comparison: eigenvalues of V − V_both below 0
    are set to 0, so that no combination of the estimates is said to vary less than votes by themselves would. It does not
    shrink when a vote is counted twice.
    """
    if not degrees_of_freedom(first, second):
        raise TooFewClusters("a clustered variance needs two comparisons and two workers or more; give none where there is one")
    of_first, of_second, of_both = (_one_way(influence, codes) for codes in (first, second, crossed(first, second)))
    size, direction = np.linalg.eigh(of_first + of_second - 2 * of_both)
    floored: FloatArray = of_both + (direction * size.clip(0)) @ direction.T
    return floored


def crossed(first: IntArray, second: IntArray) -> IntArray:
    """One code from 0 for each combination of two codes from 0, shape (votes,)."""
    codes: IntArray = pd.factorize(first * (second.max(initial=-1) + 1) + second)[0].astype(np.int64)
    return codes


def sums(columns: FloatArray, codes: IntArray, clusters: int) -> FloatArray:
    """The sum of each column over each cluster's votes, shape (clusters, k), the clusters in any order.

    columns: shape (votes, k). codes: shape (votes,), from 0, so many different ones as there are clusters.
    """
    if clusters == len(codes):
        return columns
    return np.stack([np.bincount(codes, column, clusters) for column in columns.T], axis=1)


def _one_way(influence: FloatArray, codes: IntArray) -> FloatArray:
    clusters = _clusters(codes)
    of_clusters = sums(influence, codes, clusters)
    covariance: FloatArray = of_clusters.T @ of_clusters * (clusters / (clusters - 1))
    return covariance


def _clusters(codes: IntArray) -> int:
    return int(np.count_nonzero(np.bincount(codes)))
