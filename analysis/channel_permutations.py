"""Whether workers of several channels choose alike on the same comparisons: a permutation test that keeps workers whole.

A worker's surplus on an option is how many more votes they gave it than they would have, had they voted on each comparison as
all did. Summed over a channel's workers it is the O − E of Cochran, Mantel and Haenszel's test, with comparisons as strata:
channels that were asked about other comparisons may differ in their totals and yet agree. It is divided by its standard error
clustered by worker: where the workers of one channel vote more than those of another, permutations hold, if only for many
workers, of statistics that are studentised (Chung & Romano, "Exact and asymptotically robust permutation tests", Annals of
Statistics 41, 2013).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from analysis.study_votes import FloatArray, IntArray

BATCH = 32  # permutations at once, for the sake of memory
ROUNDING = 1e-9  # a permutation whose statistic is less by no more than this, relatively, is as extreme
NO_VARIANCE = 1e-12  # of a channel's surplus in votes: nothing but rounding


@dataclass(frozen=True, eq=False)
class Surplus:
    """Of W workers on K options in S comparisons.

    total: each worker's surplus, shape (W, K). in_comparison: the same in each comparison, shape (W × K, S). part: the share of
    each comparison's votes that is a worker's, shape (W, S).
    """

    total: FloatArray
    in_comparison: csr_array
    part: csr_array


def surplus_of(option: IntArray, comparison: IntArray, worker: IntArray, options: int) -> Surplus:
    """option, comparison, worker: of each vote, shape (votes,), codes from 0; worker without gaps."""
    workers, comparisons = int(worker.max()) + 1, int(comparison.max()) + 1
    votes = np.bincount(comparison, minlength=comparisons)
    share = np.zeros((comparisons, options))
    np.add.at(share, (comparison, option), 1 / votes[comparison])
    place, code, often = np.unique(worker * comparisons + comparison, return_inverse=True, return_counts=True)
    by_worker, on = np.divmod(place, comparisons)
    surplus = -often[:, None] * share[on]
    np.add.at(surplus, (code, option), 1)
    rows = by_worker[:, None] * options + np.arange(options)
    columns = np.broadcast_to(on[:, None], rows.shape)
    in_comparison = csr_array((surplus.ravel(), (rows.ravel(), columns.ravel())), shape=(workers * options, comparisons))
    part = csr_array((often / votes[on], (by_worker, on)), shape=(workers, comparisons))
    return Surplus(np.asarray(in_comparison.sum(axis=1), np.float64).reshape(workers, options), in_comparison, part)


def statistics(surplus: Surplus, labels: IntArray, channels: int) -> FloatArray:
    """Σ z² over channels and options for each way to label the workers, shape (ways,); labels: shape (ways, workers), codes.

    z is a channel's surplus on an option over its standard error clustered by worker: the root of Σ u², u being what a worker
    adds to it, (1 if of the channel, else 0, less the channel's part of the comparison's votes) × surplus in the comparison,
    summed over comparisons. Cells without variance add nothing.
    """
    ways, workers = labels.shape
    of_channel = (labels[:, :, None] == np.arange(channels)).astype(np.float64)  # ways, workers, channels
    side_by_side = of_channel.transpose(1, 0, 2).reshape(workers, ways * channels)
    expected = surplus.in_comparison @ (surplus.part.T @ side_by_side)
    added = side_by_side[:, None] * surplus.total[:, :, None] - expected.reshape(workers, -1, ways * channels)
    beyond, variance = added.sum(axis=0), np.einsum("wkc,wkc->kc", added, added)
    squares = np.divide(beyond**2, variance, out=np.zeros_like(variance), where=variance > NO_VARIANCE)
    return np.asarray(squares.reshape(-1, ways, channels).sum(axis=(0, 2)))


def permutation_p(surplus: Surplus, label: IntArray, permutations: int, seed: int) -> tuple[float, float]:
    """The statistic of the workers' labels, shape (workers,), and (1 + permutations that reach it) / (1 + permutations)."""
    channels = int(label.max()) + 1
    (seen,) = statistics(surplus, label[None], channels)
    reached = sum(
        int((statistics(surplus, labels, channels) >= seen * (1 - ROUNDING)).sum())
        for labels in _permuted(label, permutations, seed)
    )
    return float(seen), (1 + reached) / (1 + permutations)


def _permuted(label: IntArray, permutations: int, seed: int) -> Iterator[IntArray]:
    rng = np.random.default_rng(seed)
    for start in range(0, permutations, BATCH):
        yield rng.permuted(np.tile(label, (min(BATCH, permutations - start), 1)), axis=1)
