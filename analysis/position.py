"""Whether images are chosen for where they stand."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.clustering import TooFewClusters, clustered_covariance, clusters_warning, degrees_of_freedom
from analysis.study_votes import NOWHERE, FloatArray, StudyVotes
from analysis.tally import TIE

ROUNDING = 1e-9  # what is smaller, next to the largest, is no variance


@dataclass(frozen=True)
class PositionShare:
    """Of votes for an image, those for the image at this position (from 1), in per cent; None where there are none."""

    criterion: str
    position: int
    percent: float | None
    expected: float | None  # were positions chosen alike
    p: float | None  # of the criterion, the same at each of its positions; None where it cannot be told
    warning: str  # of few comparisons or workers


def position_bias(votes: StudyVotes) -> tuple[PositionShare, ...]:
    """Per criterion, every position that the study shows.

    Were positions chosen alike, a condition would be chosen as often wherever it stood among the same conditions. So a position
    can expect the votes of each condition in proportion to how often it stood there: one k-th of all where k images are shown
    in balanced orders. Where a condition always stands at the same position, nothing can be told of it.

    p is that of a Wald test of all differences from what is expected, its covariance clustered by pair and by worker: W / q
    with the F distribution of q (the covariance's rank) and min(clusters) − 1 degrees of freedom.
    """
    stands = _stands(votes)
    return tuple(
        share
        for code, criterion in enumerate(votes.criteria)
        for share in _shares(criterion, votes.only(votes.criterion == code), stands)
    )


def _stands(votes: StudyVotes) -> FloatArray:
    """1 where an option stands at a position in an order, else 0; shape (orders, options, positions)."""
    stands = np.zeros((len(votes.orders), len(votes.options), max(map(len, votes.orders))))
    for number, order in enumerate(votes.orders):
        stands[number, np.array(order) + TIE + 1, range(len(order))] = 1
    return stands


def _shares(criterion: str, votes: StudyVotes, stands: FloatArray) -> Iterator[PositionShare]:
    positions = stands.shape[2]
    warning = clusters_warning(votes.pair, votes.worker)
    chosen = np.bincount(votes.position[votes.position != NOWHERE], minlength=positions)
    if not chosen.any():
        yield from (PositionShare(criterion, position + 1, None, None, None, warning) for position in range(positions))
        return
    excess = _excess(votes, stands) / chosen.sum()
    p = _p(excess, votes)
    percent = 100 * chosen / chosen.sum()
    expected = percent - 100 * excess.sum(axis=0)
    for position in range(positions):
        yield PositionShare(criterion, position + 1, float(percent[position]), float(expected[position]), p, warning)


def _excess(votes: StudyVotes, stands: FloatArray) -> FloatArray:
    """What each vote adds to the votes that a position has beyond those expected, shape (votes, positions).

    Summed over the options of the set shown, (chosen − how often it is) × (stands there − how often it does): the covariance
    of the two, to which errors in “how often” add nothing of the first order.
    """
    orders, options, _ = stands.shape
    chosen = np.bincount(votes.order * options + votes.option, minlength=orders * options).reshape(orders, options)
    of_order = np.array([votes.sets.index(tuple(sorted(order))) for order in votes.orders])
    alike = (of_order[:, None] == of_order).astype(np.float64)  # orders of the same set
    times = chosen.sum(axis=1)
    all_times = np.maximum(alike @ times, 1)
    often_chosen = (alike @ chosen) / all_times[:, None]
    often_there = np.tensordot(alike * times, stands, 1) / all_times[:, None, None]
    there = stands - often_there
    beyond = there - np.einsum("oc,ocp->op", often_chosen, there)[:, None]
    return np.asarray(beyond[votes.order, votes.option])


def _p(excess: FloatArray, votes: StudyVotes) -> float | None:
    """That the sum of every column is 0 but for chance, shape (votes, positions); None where that cannot be told."""
    total = excess.sum(axis=0)
    try:
        covariance = clustered_covariance(excess - excess.mean(axis=0), votes.pair, votes.worker)
    except TooFewClusters:
        return None
    variance, direction = np.linalg.eigh(covariance)
    varies = variance > max(ROUNDING * variance.max(), ROUNDING**2 / len(excess))
    if not varies.any():
        return None
    wald = ((total @ direction[:, varies]) ** 2 / variance[varies]).sum()
    rank = int(varies.sum())
    return float(stats.f.sf(wald / rank, rank, degrees_of_freedom(votes.pair, votes.worker)))
