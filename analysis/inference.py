"""Intervals and tests for shares and their differences, clustered by comparison and by worker."""

import math
from dataclasses import dataclass, replace
from itertools import combinations

from scipy.special import stdtr, stdtrit

from analysis.cells import Cell, cells
from analysis.clustering import few_clusters_warning
from analysis.exact_tests import clopper_pearson, even_odds_p
from analysis.holm import holm
from analysis.study_votes import StudyVotes
from analysis.tally import TIE

NO_VARIANCE = 1e-20  # of shares from 0 to 1: nothing but rounding, since one vote of a milliard that differs gives 1e-18

Limits = tuple[float, float] | tuple[None, None]


@dataclass(frozen=True)
class ShareInterval:
    """One option's share in one prompt set and criterion, in per cent, unrounded; None where nobody voted."""

    prompt_set: str
    method: str
    criterion: str
    votes: int
    total: int
    ties: int  # of the total, votes for no clear winner
    percent: float | None
    low: float | None
    high: float | None
    comparisons: int  # prompts and seeds
    workers: int
    warning: str  # "" where there are enough of both


@dataclass(frozen=True)
class Difference:
    """Share of the first condition of the pair minus that of the second, in points; None where it is undefined.

    Of the votes on comparisons that showed both, which are all votes where all conditions are always shown.
    """

    pair: tuple[str, str]
    criterion: str
    prompt_set: str
    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None  # Holm, over condition pair × criterion × prompt set
    binomial_p: float | None  # exact, votes for the one or the other where both were shown, as if independent
    sign_p: float | None  # exact, comparisons of both with more votes for the one or the other
    comparisons: int  # prompts and seeds
    workers: int
    warning: str


def share_intervals(votes: StudyVotes, level: float = 0.95) -> tuple[ShareInterval, ...]:
    """Every option's share in every prompt set and criterion, two-way clustered; see docs/statistics.md."""
    return tuple(_share(votes, cell, option, level) for cell in cells(votes) for option in range(len(votes.options)))


def differences(votes: StudyVotes, level: float = 0.95) -> tuple[Difference, ...]:
    """Every two conditions' difference in every prompt set and criterion, two-way clustered; see docs/statistics.md.

    Of the votes on comparisons that showed both: shares that are of other comparisons too would compare their opponents. p is
    adjusted over all of them that have one.
    """
    found = [_difference(votes, cell, a, b, level) for cell, a, b in _of_every_two(votes)]
    adjusted = holm([each.p for each in found])
    return tuple(replace(each, p_adjusted=p) for each, p in zip(found, adjusted, strict=True))


def _share(votes: StudyVotes, cell: Cell, option: int, level: float) -> ShareInterval:
    low, high = _share_limits(cell, option, level)
    comparisons, workers = int(cell.comparisons[option, option]), int(cell.workers[option, option])
    return ShareInterval(
        prompt_set=votes.prompt_sets[cell.prompt_set],
        method=votes.methods[option],
        criterion=votes.criteria[cell.criterion],
        votes=int(cell.chosen[option]),
        total=int(cell.shown[option]),
        ties=int(cell.wins[TIE, option]),
        percent=_percent(cell, option),
        low=low,
        high=high,
        comparisons=comparisons,
        workers=workers,
        warning=few_clusters_warning(comparisons, workers),
    )


def _of_every_two(votes: StudyVotes) -> list[tuple[Cell, int, int]]:
    """Every prompt set, criterion and two options of conditions, with the cell of the votes on comparisons that showed both."""
    pairs = list(combinations(range(1, len(votes.options)), 2))
    if votes.shows_all_always:
        return [(cell, a, b) for cell in cells(votes) for a, b in pairs]
    both = [(votes.only((votes.could[:, a] & votes.could[:, b])[votes.together]), a, b) for a, b in pairs]
    found = [(cell, a, b) for met, a, b in both for cell in cells(met)]
    return sorted(found, key=lambda each: (each[0].prompt_set, each[0].criterion, *each[1:]))


def _difference(votes: StudyVotes, cell: Cell, a: int, b: int, level: float) -> Difference:
    estimate = _estimate(cell, a, b)
    low, high = _difference_limits(cell, a, b, estimate, level)
    comparisons, workers = int(cell.comparisons[a, b]), int(cell.workers[a, b])
    return Difference(
        pair=(votes.options[a], votes.options[b]),
        criterion=votes.criteria[cell.criterion],
        prompt_set=votes.prompt_sets[cell.prompt_set],
        estimate=estimate,
        low=low,
        high=high,
        p=_p(cell, a, b, estimate),
        p_adjusted=None,
        binomial_p=even_odds_p(int(cell.wins[a, b]), int(cell.wins[b, a])),
        sign_p=even_odds_p(int(cell.comparisons_won[a, b]), int(cell.comparisons_won[b, a])),
        comparisons=comparisons,
        workers=workers,
        warning=few_clusters_warning(comparisons, workers),
    )


def _percent(cell: Cell, option: int) -> float | None:
    total = int(cell.shown[option])
    return 100 * int(cell.chosen[option]) / total if total else None


def _estimate(cell: Cell, a: int, b: int) -> float | None:
    first, second = _percent(cell, a), _percent(cell, b)
    return None if first is None or second is None else first - second


def _share_limits(cell: Cell, option: int, level: float) -> Limits:
    """In per cent. Where no cluster differs from another it is as if each of the scarcer clusters had voted once, exactly."""
    percent, clusters = _percent(cell, option), _clusters(cell, option, option)
    if percent is None or clusters < 2:
        return None, None
    if cell.variance[option, option] <= NO_VARIANCE:
        low, high = clopper_pearson(percent / 100 * clusters, clusters, level)
        return 100 * low, 100 * high
    margin = _margin(cell, option, option, level)
    return max(percent - margin, 0.0), min(percent + margin, 100.0)


def _difference_limits(cell: Cell, a: int, b: int, estimate: float | None, level: float) -> Limits:
    """In points. Where no cluster differs from another: as far apart as the intervals of both shares allow."""
    if estimate is None or _clusters(cell, a, b) < 2:
        return None, None
    if cell.variance[a, b] > NO_VARIANCE:
        margin = _margin(cell, a, b, level)
        return max(estimate - margin, -100.0), min(estimate + margin, 100.0)
    (low, high), (other_low, other_high) = _share_limits(cell, a, level), _share_limits(cell, b, level)
    if low is None or high is None or other_low is None or other_high is None:
        return None, None
    return low - other_high, high - other_low


def _p(cell: Cell, a: int, b: int, estimate: float | None) -> float | None:
    """Two-sided, of no difference. Where no cluster differs from another: the sign test of the scarcer clusters."""
    clusters = _clusters(cell, a, b)
    if estimate is None or clusters < 2:
        return None
    if cell.variance[a, b] <= NO_VARIANCE:
        return even_odds_p(clusters, 0) if estimate else None
    return 2 * float(stdtr(clusters - 1, -abs(estimate) / _standard_error(cell, a, b)))


def _clusters(cell: Cell, a: int, b: int) -> int:
    return int(min(cell.comparisons[a, b], cell.workers[a, b]))


def _margin(cell: Cell, a: int, b: int, level: float) -> float:
    """Half an interval, in points."""
    return float(stdtrit(_clusters(cell, a, b) - 1, (1 + level) / 2)) * _standard_error(cell, a, b)


def _standard_error(cell: Cell, a: int, b: int) -> float:
    return 100 * math.sqrt(cell.variance[a, b])
