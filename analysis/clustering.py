"""Variances of votes that depend on each other twice: by the comparison voted on and by the worker who votes.

Cameron, Gelbach & Miller, "Robust inference with multiway clustering", Journal of Business & Economic Statistics 29, 2011.
"""

import numpy as np

from analysis.study_votes import FloatArray, IntArray, joined


class TooFewClusters(ValueError):
    """A variance between clusters needs two of them."""


def degrees_of_freedom(first: IntArray, second: IntArray) -> int:
    """Of the t distribution: the smaller number of clusters − 1 (their section 3.3); 0 where nothing can be inferred.

    first, second: the clusters of each vote in one way and the other, shape (votes,), any codes.
    """
    return max(min(len(np.unique(first)), len(np.unique(second))) - 1, 0)


def clustered_covariance(influence: FloatArray, first: IntArray, second: IntArray) -> FloatArray:
    """The two-way clustered covariance of k estimates, shape (k, k).

    influence: what each vote adds to the error of each estimate, shape (votes, k): estimate − truth is about its sum.
    first, second: shape (votes,), any codes: `votes.pair` and `votes.worker`.
    V = V_first + V_second − V_both (their eq. 2.9), each of G clusters times G / (G − 1). Raises TooFewClusters.

    V is floored at V_both, the naive variance wherever a worker votes once on a comparison: eigenvalues of V − V_both below 0
    are set to 0, so that no combination of the estimates is said to vary less than votes by themselves would. It does not
    shrink when a vote is counted twice.
    """
    if not degrees_of_freedom(first, second):
        raise TooFewClusters("a clustered variance needs two comparisons and two workers or more; give none where there is one")
    of_first, of_second, of_both = (_one_way(influence, codes) for codes in (first, second, joined(first, second)))
    size, direction = np.linalg.eigh(of_first + of_second - 2 * of_both)
    floored: FloatArray = of_both + (direction * size.clip(0)) @ direction.T
    return floored


def sums(columns: FloatArray, codes: IntArray, clusters: int) -> FloatArray:
    """The sum of each column over each cluster's votes, shape (clusters, k); columns: shape (votes, k)."""
    return np.stack([np.bincount(codes, column, clusters) for column in columns.T], axis=1)


def _one_way(influence: FloatArray, codes: IntArray) -> FloatArray:
    dense = joined(codes)
    clusters = int(dense.max()) + 1
    of_clusters = sums(influence, dense, clusters)
    covariance: FloatArray = of_clusters.T @ of_clusters * (clusters / (clusters - 1))
    return covariance
