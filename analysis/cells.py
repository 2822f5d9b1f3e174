"""Shares of one prompt set and criterion, and how much they and their differences vary: what intervals and tests stand on."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.clustering import crossed, sums
from analysis.study_votes import FloatArray, IntArray, StudyVotes, joined


@dataclass(frozen=True, eq=False)
class Cell:
    """One prompt set and criterion with k options.

    chosen, shown: votes for each option and on comparisons that showed it, shape (k,). Of the others, shape (k, k), the
    diagonal is about each option's share and the rest about differences between two shares (0 to 1). comparisons, workers:
    the clusters that were shown the option or either of the two, where a prompt and seed make one comparison whatever is shown.
    variance: two-way clustered, NaN where there are not two of each. wins, comparisons_won: where both were shown, how many
    votes went to the option of the row rather than to that of the column, and in how many comparisons it had more of them.
    """

    prompt_set: int
    criterion: int
    chosen: IntArray
    shown: IntArray
    comparisons: IntArray
    workers: IntArray
    variance: FloatArray
    wins: IntArray
    comparisons_won: IntArray


def cells(votes: StudyVotes) -> Iterator[Cell]:
    """Every prompt set and criterion in turn, those without votes too."""
    number = votes.prompt_set * len(votes.criteria) + votes.criterion
    order = np.argsort(number, kind="stable")
    ends = np.cumsum(np.bincount(number, minlength=len(votes.prompt_sets) * len(votes.criteria)))
    for each, rows in enumerate(np.split(order, ends[:-1])):
        yield _cell(votes, rows, *divmod(each, len(votes.criteria)))


def _cell(votes: StudyVotes, rows: IntArray, prompt_set: int, criterion: int) -> Cell:
    options = len(votes.options)
    chosen = (np.arange(options)[:, None] == votes.option[rows]).astype(np.float64).T  # columns that lie together add fast
    shown = votes.could.T[:, votes.together[rows]].astype(np.float64).T
    pair, worker = joined(votes.pair[rows]), joined(votes.worker[rows])
    influence = _influence(chosen, shown)
    of_pairs, comparisons = _one_way(influence, shown, pair)
    of_workers, workers = _one_way(influence, shown, worker)
    of_both, _ = _one_way(influence, shown, crossed(pair, worker))
    wins, comparisons_won = _duels(chosen, shown, joined(votes.comparison[rows]))
    return Cell(
        prompt_set=prompt_set,
        criterion=criterion,
        chosen=chosen.sum(axis=0).astype(np.int64),
        shown=shown.sum(axis=0).astype(np.int64),
        comparisons=comparisons,
        workers=workers,
        variance=np.maximum(of_pairs + of_workers - of_both, of_both),
        wins=wins,
        comparisons_won=comparisons_won,
    )


def _influence(chosen: FloatArray, shown: FloatArray) -> FloatArray:
    """What each vote adds to the error of each share, shape (votes, options)."""
    totals = shown.sum(axis=0).clip(1)
    influence: FloatArray = (chosen - shown * (chosen.sum(axis=0) / totals)) / totals
    return influence


def _one_way(influence: FloatArray, shown: FloatArray, codes: IntArray) -> tuple[FloatArray, IntArray]:
    """Variances clustered in one way, and the number of clusters, shape (options, options) each.

    Cameron, Gelbach & Miller (2011) as in `clustering`, each share and difference with its own clusters' G / (G − 1).
    """
    clusters = int(codes.max(initial=-1)) + 1
    of_clusters = sums(influence, codes, clusters)
    seen = (sums(shown, codes, clusters) > 0).astype(np.float64)
    either = _of_either(seen.T @ seen)
    correction = np.divide(either, either - 1, out=np.full_like(either, np.nan), where=either > 1)
    return _of_differences(of_clusters.T @ of_clusters) * correction, either.astype(np.int64)


def _of_differences(products: FloatArray) -> FloatArray:
    """Σ x², Σ y², … on the diagonal and Σ (x − y)² beside it, from Σ x y."""
    own = np.diag(products)
    squares: FloatArray = own[:, None] + own - 2 * products
    np.fill_diagonal(squares, own)
    return squares.clip(0)


def _of_either(both: FloatArray) -> FloatArray:
    """How many have the one or the other, from how many have both."""
    own = np.diag(both)
    either: FloatArray = own[:, None] + own - both
    return either


def _duels(chosen: FloatArray, shown: FloatArray, comparison: IntArray) -> tuple[IntArray, IntArray]:
    """Votes won and comparisons won by each option from each other, where both were shown, shape (options, options) each."""
    comparisons = int(comparison.max(initial=-1)) + 1
    counts = sums(chosen, comparison, comparisons)
    both = sums(shown, comparison, comparisons) > 0
    wins = counts.T @ both
    won = np.array(
        [(both & column[:, None] & (of[:, None] > counts)).sum(axis=0) for of, column in zip(counts.T, both.T, strict=True)]
    )
    return wins.astype(np.int64), won
