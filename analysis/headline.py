"""The sentences of an abstract: preferred how many times more, and in how many votes it matches or beats.

As Desai & Vasconcelos have it, "Improving image synthesis with diffusion-negative sampling", 2024: "auto-DNP matches and beats
DNP ∼50% of the time". Intervals are percentiles of resampled counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.clustering import few_clusters_warning
from analysis.duels import met, results_of, shows_both
from analysis.outcomes import Outcomes, counts_of
from analysis.study_votes import BoolArray, FloatArray, IntArray, StudyVotes

Limits = tuple[float, float] | tuple[None, None]

THERE, BACK = (0, 1, 2, 3), (2, 1, 0, 3)  # of `results_of`: as the pair stands, and the other way round
WINS, TIES, LOSSES, _ = THERE


@dataclass(frozen=True)
class Headline:
    """Of the first condition of the pair against the second; ratio and per cent, None where undefined."""

    pair: tuple[str, str]
    criterion: str
    prompt_set: str | None  # None over all prompt sets
    ratio: float | None  # votes for the one by votes for the other, where both were shown
    ratio_low: float | None
    ratio_high: float | None  # None too where the interval has no end
    matches_or_beats: float | None  # per cent: wins + ties of the votes where both were shown
    matches_or_beats_low: float | None
    matches_or_beats_high: float | None
    votes: int  # where both were shown
    wins: int
    losses: int
    warning: str  # "" where there are enough comparisons and workers


def headlines(votes: StudyVotes, outcomes: Outcomes, resampled: FloatArray, level: float = 0.95) -> tuple[Headline, ...]:
    """Of every two conditions that were ever shown together, both ways round: over all prompt sets, then in each.

    resampled: as `resampled_counts` gives them, shape (resamples, prompt sets, criteria, outcomes). Intervals are None where
    there are not two comparisons and two workers.
    """
    counts, tail = counts_of(votes, outcomes), (1 - level) / 2
    return tuple(headline for a, b in met(outcomes) for headline in _of_two(votes, outcomes, counts, resampled, a, b, tail))


def _of_two(
    votes: StudyVotes, outcomes: Outcomes, counts: FloatArray, resampled: FloatArray, a: int, b: int, tail: float
) -> Iterator[Headline]:
    results = _with_all(results_of(counts, outcomes, a, b))
    draws = _with_all(results_of(resampled, outcomes, a, b))
    comparisons, workers = (_clusters(votes, shows_both(outcomes, a, b), codes) for codes in (votes.pair, votes.worker))
    for first, second, way in ((a, b, THERE), (b, a, BACK)):
        for prompt_set, criterion in np.ndindex(comparisons.shape):
            clusters = int(comparisons[prompt_set, criterion]), int(workers[prompt_set, criterion])
            yield _headline(
                (votes.conditions[first], votes.conditions[second]),
                votes.criteria[criterion],
                (None, *votes.prompt_sets)[prompt_set],
                results[prompt_set, criterion, way],
                draws[:, prompt_set, criterion, way] if min(clusters) > 1 else draws[:0, 0, 0],
                tail,
                few_clusters_warning(*clusters),
            )


def _headline(
    pair: tuple[str, str],
    criterion: str,
    prompt_set: str | None,
    results: FloatArray,
    draws: FloatArray,
    tail: float,
    warning: str,
) -> Headline:
    """results: shape (4,). draws: shape (resamples, 4), none of them where no interval can be told."""
    wins, ties, losses, _ = (int(number) for number in results)
    votes = int(results.sum())
    decided = _limits(draws[:, WINS], draws[:, WINS] + draws[:, LOSSES], tail)
    low, high = _limits(draws[:, WINS] + draws[:, TIES], draws.sum(axis=1), tail)
    return Headline(
        pair=pair,
        criterion=criterion,
        prompt_set=prompt_set,
        ratio=wins / losses if losses else None,
        ratio_low=_odds(decided[0]),
        ratio_high=_odds(decided[1]),
        matches_or_beats=100 * (wins + ties) / votes if votes else None,
        matches_or_beats_low=None if low is None else 100 * low,
        matches_or_beats_high=None if high is None else 100 * high,
        votes=votes,
        wins=wins,
        losses=losses,
        warning=warning,
    )


def _limits(part: FloatArray, whole: FloatArray, tail: float) -> Limits:
    """Percentiles of part / whole over the resamples in which there is a whole. Both of shape (resamples,).

    None where all resamples agree, as with a condition that has all votes: they do not tell how far it may be off.
    """
    told = whole > 0
    shares = part[told] / whole[told]
    if not len(shares) or shares.min() == shares.max():
        return None, None
    low, high = np.quantile(shares, (tail, 1 - tail))
    return float(low), float(high)


def _odds(share: float | None) -> float | None:
    """Of a share of decided votes, the ratio of the two kinds: it rises with the share, so percentiles stay percentiles."""
    return None if share is None or share >= 1 else share / (1 - share)


def _with_all(results: FloatArray) -> FloatArray:
    """The results over all prompt sets, then in each; shape (…, 1 + prompt sets, criteria, 4)."""
    return np.concatenate([results.sum(axis=-3, keepdims=True), results], axis=-3)


def _clusters(votes: StudyVotes, sets: BoolArray, codes: IntArray) -> IntArray:
    """How many comparisons or workers, by their codes, have votes on these sets; shape (1 + prompt sets, criteria)."""
    rows = sets[votes.together]
    seen = np.zeros((len(votes.prompt_sets), len(votes.criteria), int(codes.max(initial=0)) + 1), np.bool_)
    seen[votes.prompt_set[rows], votes.criterion[rows], codes[rows]] = True
    counted: IntArray = np.concatenate([seen.any(axis=0, keepdims=True), seen]).sum(axis=2)
    return counted
