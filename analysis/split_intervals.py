"""Intervals of shares with ties split equally among the conditions shown, clustered by comparison and by worker."""

import math

import numpy as np
from scipy.special import stdtrit

from analysis.clustering import clustered_covariance, degrees_of_freedom, few_clusters_warning
from analysis.exact_tests import clopper_pearson
from analysis.inference import NO_VARIANCE
from analysis.study_votes import FloatArray, IntArray, StudyVotes
from analysis.tally import TIE, Interval

Key = tuple[str, str, str]  # prompt set, method, criterion


def split_intervals(votes: StudyVotes, level: float = 0.95) -> dict[Key, Interval]:
    """Of every condition's share in every prompt set and criterion, where there are votes to tell one.

    As `share_intervals`, but a vote for no clear winner is 1 / k of a vote for each of the k conditions that it was shown.
    """
    value = _values(votes)
    found = {}
    for (prompt_set, criterion), rows in _cells(votes):
        for code, condition in enumerate(votes.conditions):
            seen = rows[votes.could[votes.together[rows], code + 1]]
            interval = _interval(value[seen, code], votes.pair[seen], votes.worker[seen], level)
            if interval is not None:
                found[votes.prompt_sets[prompt_set], condition, votes.criteria[criterion]] = interval
    return found


def _values(votes: StudyVotes) -> FloatArray:
    """What each vote is worth to each condition, from 0 to 1, shape (votes, conditions)."""
    could = votes.could[:, TIE + 1 :]
    tie = could / could.sum(axis=1, keepdims=True)
    chosen = np.eye(len(votes.options))[:, TIE + 1 :]
    values: FloatArray = np.where((votes.option == TIE)[:, None], tie[votes.together], chosen[votes.option])
    return values


def _cells(votes: StudyVotes) -> list[tuple[tuple[int, int], IntArray]]:
    """The prompt set, the criterion and the votes of each cell that has votes."""
    number = votes.prompt_set * len(votes.criteria) + votes.criterion
    return [(divmod(int(each), len(votes.criteria)), np.flatnonzero(number == each)) for each in np.unique(number)]


def _interval(value: FloatArray, pair: IntArray, worker: IntArray, level: float) -> Interval | None:
    """Of the mean, in per cent; None where there are not two comparisons and two workers. All of shape (votes,)."""
    freedom = degrees_of_freedom(pair, worker)
    if not freedom:
        return None
    share = value.mean()
    warning = few_clusters_warning(len(np.unique(pair)), len(np.unique(worker)))
    variance = clustered_covariance((value - share)[:, None] / len(value), pair, worker).item()
    if variance <= NO_VARIANCE:
        low, high = clopper_pearson(share * (freedom + 1), freedom + 1, level)
        return Interval(100 * low, 100 * high, warning)
    margin = float(stdtrit(freedom, (1 + level) / 2)) * math.sqrt(variance)
    return Interval(100 * max(float(share) - margin, 0.0), 100 * min(float(share) + margin, 1.0), warning)
