"""Whether channels agree: on each criterion a test over the comparisons that they share, and their largest difference."""

from collections import Counter
from dataclasses import dataclass, replace
from math import exp, lgamma

import numpy as np
from scipy import stats

from analysis.channel_labels import SEVERAL, Compared, Labels, compared, shared_comparisons
from analysis.channel_permutations import permutation_p, surplus_of
from analysis.holm import holm
from analysis.study_votes import FloatArray, IntArray, StudyVotes, joined

MOST_PERMUTATIONS = 2_000  # more would move a p of .05 by no more than .01
SIGNIFICANT = 0.05
ROUNDING = 1e-9  # a surplus that is smaller, in votes, is none; so is a variance next to the largest

ONE_CHANNEL = "only {} has two workers or more, so there is nothing to compare it with"
NO_CHANNEL = "no channel has two workers or more"
NOTHING_SHARED = "no comparison has votes of two channels"
ALL_ALIKE = "on every comparison all votes are alike"


@dataclass(frozen=True)
class ChannelTest:
    """On one criterion, of the null hypothesis that on each comparison choices are distributed alike on all channels.

    Numbers are None where nothing can be tested, and `reason` says why.
    """

    criterion: str
    channels: tuple[str, ...]  # that are compared
    statistic: float | None
    p: float | None  # by permutations of the workers’ channels
    p_adjusted: float | None  # Holm, over the criteria
    naive_p: float | None  # Cochran, Mantel and Haenszel’s, as if votes were independent
    permutations: int
    comparisons: int  # with votes of two of the channels or more
    workers: int  # of all of the channels
    reason: str
    warning: str


def channel_tests(votes: StudyVotes, labels: Labels, resamples: int, seed: int) -> tuple[ChannelTest, ...]:
    """A test for each criterion, over all prompt sets; each starts from the same seed, so that none depends on the others.

    resamples: how often labels are permuted, at most 2,000 times.
    """
    permutations = min(resamples, MOST_PERMUTATIONS)
    found = [
        _test(criterion, compared(votes.only(rows), labels.only(rows)), permutations, seed)
        for code, criterion in enumerate(votes.criteria)
        for rows in [votes.criterion == code]
    ]
    adjusted = holm([each.p for each in found])
    return tuple(replace(each, p_adjusted=p) for each, p in zip(found, adjusted, strict=True))


def cochran_mantel_haenszel(option: IntArray, stratum: IntArray, channel: IntArray) -> tuple[float, int]:
    """The statistic of general association of two sorts of codes within strata, and its degrees of freedom.

    Each of shape (votes,), codes from 0. Landis, Heyman & Koch, "Average partial association in three-way contingency tables",
    International Statistical Review 46, 1978. In one stratum of n votes it is Pearson's chi-square times (n − 1) / n.
    """
    counts = np.zeros((int(stratum.max()) + 1, int(channel.max()) + 1, int(option.max()) + 1))
    np.add.at(counts, (stratum, channel, option), 1)
    counts = counts[counts.sum(axis=(1, 2)) > 1]
    votes = counts.sum(axis=(1, 2))
    of_channel, of_option = counts.sum(axis=2) / votes[:, None], counts.sum(axis=1) / votes[:, None]
    beyond = (counts - np.einsum("s,sc,so->sco", votes, of_channel, of_option)).sum(axis=0).ravel()
    weight = votes**2 / (votes - 1)
    covariance = np.einsum("s,scd,sop->codp", weight, _multinomial(of_channel), _multinomial(of_option), optimize=True)
    variance, direction = np.linalg.eigh(covariance.reshape(len(beyond), len(beyond)))
    varies = variance > ROUNDING * max(variance.max(initial=0), 1)
    return float(((beyond @ direction[:, varies]) ** 2 / variance[varies]).sum()), int(varies.sum())


def _multinomial(share: FloatArray) -> FloatArray:
    """The covariance of one draw, for each row of shares; shape (rows, k, k)."""
    return np.asarray(np.einsum("sk,kl->skl", share, np.eye(share.shape[1])) - np.einsum("sk,sl->skl", share, share))


def _test(criterion: str, of: Compared, permutations: int, seed: int) -> ChannelTest:
    shared, workers = shared_comparisons(of), of.workers
    untested = ChannelTest(
        *(criterion, of.names, None, None, None, None, 0, shared, len(of.label)), _reason(of, shared), of.left_out
    )
    if untested.reason:
        return untested
    comparison = joined(of.votes.comparison)
    surplus = surplus_of(of.votes.option, comparison, of.worker, len(of.votes.options))
    if np.abs(surplus.in_comparison.data).max() < ROUNDING:
        return replace(untested, reason=ALL_ALIKE)
    statistic, p = permutation_p(surplus, of.label, permutations, seed)
    naive = stats.chi2.sf(*cochran_mantel_haenszel(of.votes.option, comparison, of.channel))
    warning = "; ".join(filter(None, (_few(workers), of.left_out)))
    return replace(untested, statistic=statistic, p=p, naive_p=float(naive), permutations=permutations, warning=warning)


def _reason(of: Compared, shared: int) -> str:
    if len(of.names) < SEVERAL:
        return ONE_CHANNEL.format(of.names[0]) if of.names else NO_CHANNEL
    return "" if shared else NOTHING_SHARED


def _few(workers: IntArray) -> str:
    """Where even the labels as they are would be no rare ones."""
    least = least_p(workers)
    if least <= SIGNIFICANT:
        return ""
    return f"only {' and '.join(map(str, workers))} workers: p cannot be below about {least:.2f}"


def least_p(workers: IntArray) -> float:
    """1 / the ways in which so many workers fall into groups of these sizes, of which those of one size have no order."""
    groups = Counter(workers.tolist()).values()
    ways = lgamma(workers.sum() + 1) - sum(lgamma(size + 1) for size in workers) - sum(lgamma(often + 1) for often in groups)
    return exp(-ways)
