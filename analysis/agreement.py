"""How far workers agree: Krippendorff's alpha, Gwet's AC1 and Fleiss' kappa, with a bootstrap over comparisons.

Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011. Gwet, "Computing inter-rater reliability and its variance in
the presence of high agreement", 2008. Fleiss, "Measuring nominal scale agreement among many raters", 1971.

Each compares how often two votes on one comparison are alike with how often they would be by chance. Where comparisons show
different conditions, chance is that of two votes on the same conditions: that a vote on A against B and a vote on C against D
never name the same condition is no disagreement of workers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from analysis.agreement_sums import SEVERAL, Kinds, Sums, drawn, kinds_of, ratio, sums_of
from analysis.clustering import clusters_warning
from analysis.single_votes import single_votes
from analysis.study_votes import BoolArray, FloatArray, IntArray, StudyVotes

MOST_RESAMPLES = 1_000  # more would move the ends of an interval by a hundredth of its width
BATCH = 100  # resamples drawn at once, for the sake of memory
ENOUGH = 2  # comparisons that can be drawn, and draws that can differ
SAME = 1e-12  # coefficients that differ by less are the same but for rounding


@dataclass(frozen=True)
class Agreement:
    """On one criterion, over all prompt sets or in one.

    A coefficient is None where no comparison has votes of two workers; alpha and kappa also where all votes are alike, as they
    would be by chance too. An interval is None where fewer than two comparisons have them, or where all resamples agree.
    """

    criterion: str
    prompt_set: str | None
    comparisons: int  # with votes of at least two workers
    warning: str  # of few comparisons or workers
    resamples: int
    alpha: float | None
    low: float | None
    high: float | None
    ac1: float | None
    ac1_low: float | None
    ac1_high: float | None
    fleiss: float | None
    fleiss_low: float | None
    fleiss_high: float | None


def alpha(counts: IntArray, could: BoolArray | None = None) -> float | None:
    """Krippendorff's alpha of nominal data; None where it is undefined.

    counts: votes for each category on each item, shape (items, categories). could: whether they could go to it, same shape;
    everywhere if left out. Chance is weighted by the votes of each set of categories.
    """
    kinds = kinds_of(counts, could)
    return _defined(_alpha(sums_of(kinds, kinds.times)))


def ac1(counts: IntArray, could: BoolArray | None = None) -> float | None:
    """Gwet's AC1; arguments as of `alpha`. Items with one vote count for the shares of categories, as in Gwet.

    Chance is weighted by the items of each set of categories.
    """
    kinds = kinds_of(counts, could)
    return _defined(_ac1(sums_of(kinds, kinds.times)))


def fleiss_kappa(counts: IntArray, could: BoolArray | None = None) -> float | None:
    """Fleiss' kappa; arguments as of `alpha`.

    Fleiss has as many votes on each item. Where they differ, items weigh alike in the agreement seen and votes alike in that by
    chance; items with one vote are left out.
    """
    kinds = kinds_of(counts, could)
    return _defined(_fleiss(sums_of(kinds, kinds.times)))


def agreement(votes: StudyVotes, resamples: int, seed: int, level: float = 0.95) -> tuple[Agreement, ...]:
    """Per criterion over all prompt sets (prompt_set None), then per criterion and prompt set.

    Intervals from comparisons drawn anew, at most 1,000 times; draws that leave a coefficient undefined are passed over. Each
    row starts from the same seed, so that none depends on the others. Votes of one worker on one comparison are one vote.
    """
    votes = single_votes(votes)
    counts, could, prompt_set = _comparisons(votes)
    several = (counts.sum(axis=2) >= SEVERAL)[votes.criterion, votes.comparison]
    places = [(name, prompt_set == code) for code, name in enumerate(votes.prompt_sets)]
    everywhere = [(None, np.ones(len(prompt_set), np.bool_))]
    draws = min(resamples, MOST_RESAMPLES)
    return tuple(
        replace(
            _agreement(criterion, kinds_of(counts[code, here], could[here]), draws, seed, level),
            prompt_set=place,
            warning=_warning(votes, several & (votes.criterion == code) & here[votes.comparison]),
        )
        for rows in (everywhere, places)
        for code, criterion in enumerate(votes.criteria)
        for place, here in rows
    )


def _warning(votes: StudyVotes, rows: BoolArray) -> str:
    """Of few comparisons with at least two votes, or workers; rows are the votes on them, shape (votes,)."""
    return clusters_warning(votes.comparison[rows], votes.worker[rows]) if rows.any() else "no two workers’ votes to compare"


def _comparisons(votes: StudyVotes) -> tuple[IntArray, BoolArray, IntArray]:
    """The votes of each comparison, shape (criteria, comparisons, options), its possible options and its prompt set."""
    comparisons, options = int(votes.comparison.max(initial=-1)) + 1, len(votes.options)
    shape = (len(votes.criteria), comparisons, options)
    place = np.ravel_multi_index((votes.criterion, votes.comparison, votes.option), shape)
    counts = np.bincount(place, minlength=int(np.prod(shape))).reshape(shape)
    together, prompt_set = np.zeros((2, comparisons), np.int64)
    together[votes.comparison], prompt_set[votes.comparison] = votes.together, votes.prompt_set
    return counts, votes.could[together], prompt_set


def _agreement(criterion: str, kinds: Kinds, resamples: int, seed: int, level: float) -> Agreement:
    comparisons = int(kinds.times[kinds.counts.sum(axis=1) >= SEVERAL].sum())
    values = _coefficients(sums_of(kinds, kinds.times))
    again = np.hstack([np.zeros((3, 0)), *_resampled(kinds, resamples if comparisons >= ENOUGH else 0, seed)])
    numbers = [
        number
        for value, draws in zip(values, again, strict=True)
        for number in (_defined(value), *_ends(value, draws, comparisons, level))
    ]
    return Agreement(criterion, None, comparisons, "", resamples, *numbers)


def _resampled(kinds: Kinds, resamples: int, seed: int) -> Iterator[FloatArray]:
    """The three coefficients of items drawn with replacement, shape (3, so many of the resamples)."""
    rng = np.random.default_rng(seed)
    for start in range(0, resamples, BATCH):
        yield _coefficients(sums_of(kinds, drawn(kinds.times, min(BATCH, resamples - start), rng)))


def _coefficients(sums: Sums) -> FloatArray:
    return np.array([_alpha(sums), _ac1(sums), _fleiss(sums)])


def _alpha(sums: Sums) -> FloatArray:
    """1 − D_o / D_e (Krippendorff, section C), chance weighted by the votes of each set."""
    votes = sums.votes.sum(axis=-1)
    alike = ratio((sums.votes * (sums.votes - 1)).sum(axis=-1), votes * (votes - 1), 1.0)
    unlike = votes.sum(axis=-1) - sums.votes_alike
    return 1 - ratio(unlike, (votes * (1 - alike)).sum(axis=-1))


def _ac1(sums: Sums) -> FloatArray:
    """(p_a − p_e) / (1 − p_e), p_e = Σ π (1 − π) / (categories − 1) (Gwet)."""
    share = ratio(sums.shares, sums.items[..., None], 0.0)
    chance = ratio((share * (1 - share)).sum(axis=-1), sums.categories - 1)
    expected = ratio((sums.items * chance).sum(axis=-1), sums.items.sum(axis=-1))
    return _beyond(ratio(sums.pairs_alike, sums.several), expected)


def _fleiss(sums: Sums) -> FloatArray:
    """(P − P_e) / (1 − P_e), P_e = Σ p² (Fleiss)."""
    votes = sums.votes.sum(axis=-1)
    chance = (ratio(sums.votes, votes[..., None], 0.0) ** 2).sum(axis=-1)
    expected = ratio((votes * chance).sum(axis=-1), votes.sum(axis=-1))
    return _beyond(ratio(sums.pairs_alike, sums.several), expected)


def _beyond(seen: FloatArray, expected: FloatArray) -> FloatArray:
    """Agreement beyond chance, of all that could be."""
    return ratio(seen - expected, 1 - expected)


def _defined(value: FloatArray) -> float | None:
    return float(value) if np.isfinite(value) else None


def _ends(value: float, draws: FloatArray, comparisons: int, level: float) -> tuple[float | None, float | None]:
    """Value − bias ± t · standard error, by the draws that are defined, cut off at −1 and 1; None where they do not differ.

    Percentiles would lie too low: a comparison that is drawn twice agrees with itself in what is expected by chance.
    """
    defined = draws[np.isfinite(draws)]
    if len(defined) < ENOUGH or not defined.std() > SAME:
        return None, None
    middle, margin = 2 * value - defined.mean(), stdtrit(comparisons - 1, (1 + level) / 2) * defined.std(ddof=1)
    return float(max(middle - margin, -1)), float(min(middle + margin, 1))
