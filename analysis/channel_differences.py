"""How far two channels are apart: the share of an option on one minus that on the other, on the comparisons that both voted on.

As Mantel and Haenszel weigh strata: a comparison with n votes of the one channel and m of the other weighs n m / (n + m), so
that each channel's votes are held against the other's on the same images. Where both gave as many votes to each comparison this
is the difference of their shares.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import stdtrit

from analysis.channel_labels import Compared, Labels, compared
from analysis.clustering import TooFewClusters, clustered_covariance, few_clusters_warning
from analysis.inference import NO_VARIANCE, Limits
from analysis.study_votes import BoolArray, FloatArray, StudyVotes


@dataclass(frozen=True)
class ChannelDifference:
    """The largest difference of a share between two channels on one criterion, in points: the first channel minus the second.

    As it is the largest of several, its interval is that of Bonferroni: all of them hold theirs at once.
    """

    criterion: str
    method: str
    pair: tuple[str, str]
    estimate: float
    low: float | None
    high: float | None
    of: int  # differences looked at: pairs of channels × options
    comparisons: int  # prompts and seeds that both channels voted on, where the option could be chosen
    workers: int  # on the channel that fewer of them came from
    warning: str


def largest_differences(votes: StudyVotes, labels: Labels, level: float = 0.95) -> tuple[ChannelDifference, ...]:
    """For each criterion with two channels that can be compared, over all prompt sets; of equal ones the first."""
    found = (
        _largest(criterion, compared(votes.only(rows), labels.only(rows)), level)
        for code, criterion in enumerate(votes.criteria)
        for rows in [votes.criterion == code]
    )
    return tuple(each for each in found if each)


@dataclass(frozen=True, eq=False)
class _Apart:
    """One difference: what each vote adds to its error, shape (votes of both,), and which of those compared they are."""

    option: int
    pair: tuple[int, int]
    estimate: float  # of shares from 0 to 1
    influence: FloatArray
    rows: BoolArray


def _largest(criterion: str, of: Compared, level: float) -> ChannelDifference | None:
    pairs = combinations(range(len(of.names)), 2)
    apart = [each for pair in pairs for option in range(len(of.votes.options)) if (each := _apart(of, option, pair))]
    if not apart:
        return None
    largest = max(apart, key=lambda each: abs(each.estimate))
    votes, channel, worker = of.votes.only(largest.rows), of.channel[largest.rows], of.worker[largest.rows]
    comparisons = len(np.unique(votes.pair))
    workers = min(len(np.unique(worker[channel == code])) for code in largest.pair)
    low, high = _limits(largest, votes, min(comparisons, workers) - 1, 1 - (1 - level) / len(apart))
    return ChannelDifference(
        criterion=criterion,
        method=votes.methods[largest.option],
        pair=(of.names[largest.pair[0]], of.names[largest.pair[1]]),
        estimate=100 * largest.estimate,
        low=low,
        high=high,
        of=len(apart),
        comparisons=comparisons,
        workers=workers,
        warning=few_clusters_warning(comparisons, workers),
    )


def _apart(of: Compared, option: int, pair: tuple[int, int]) -> _Apart | None:
    """None where the two channels share no comparison on which the option could be chosen."""
    rows = np.isin(of.channel, pair) & of.votes.could[of.votes.together, option]
    comparison = of.votes.comparison
    size = int(comparison.max(initial=-1)) + 1
    first, second = (np.bincount(comparison[rows & (of.channel == code)], minlength=size) for code in pair)
    rows &= ((first > 0) & (second > 0))[comparison]
    if not rows.any():
        return None
    on, sign = comparison[rows], np.where(of.channel[rows] == pair[0], 1, -1)
    chosen, votes = (of.votes.option[rows] == option).astype(np.float64), (first + second)[on]
    other = np.where(sign > 0, second[on], first[on]) / votes  # the part of the comparison's votes that is the other channel's
    weight = (first * second / np.maximum(first + second, 1)).sum()
    estimate = float((sign * other * chosen).sum() / weight)
    pooled = np.bincount(on, chosen, size)[on] / votes
    return _Apart(option, pair, estimate, sign * other * (chosen - pooled - sign * other * estimate) / weight, rows)


def _limits(of: _Apart, votes: StudyVotes, freedom: int, level: float) -> Limits:
    """In points; None where there are not two comparisons and two workers of each channel, or where nothing varies."""
    if freedom < 1:
        return None, None
    try:
        variance = float(clustered_covariance(of.influence[:, None], votes.pair, votes.worker)[0, 0])
    except TooFewClusters:
        return None, None
    if variance <= NO_VARIANCE:
        return None, None
    margin = float(stdtrit(freedom, (1 + level) / 2)) * variance**0.5
    return 100 * max(of.estimate - margin, -1.0), 100 * min(of.estimate + margin, 1.0)
