"""The pigeonhole bootstrap: comparisons and workers drawn anew, each by itself.

Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1, 2007; Owen & Eckles, "Bootstrapping data arrays of arbitrary
order", Annals of Applied Statistics 6, 2012. A vote counts as often as its comparison was drawn times as often as its worker
was. The variance of a share over resamples is about V_comparison + V_worker + V_both in the terms of `clustering`: a bit more
than there is, by twice the naive one, where a bootstrap of votes alone has far too little.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from analysis.outcomes import Outcomes, outcome_of_each_vote
from analysis.study_votes import FloatArray, IntArray, StudyVotes

BLOCK = 64  # resamples at a time: so that the weights of a prompt set's pairs stay in the cache of a core
MOST_SMALL = np.iinfo(np.int16).max


@dataclass(frozen=True, eq=False)
class _PromptSet:
    """How many votes each worker gave to each cell (criterion × outcome) of one prompt set, pair by pair.

    votes: shape (rows, pairs), a row for a cell and worker, sorted by cell. worker: of each row. bounds: where the rows of
    each cell begin and end, shape (cells + 1,).
    """

    number: int
    votes: csr_array
    worker: IntArray
    bounds: IntArray

    def counts(self, times_drawn: npt.NDArray[np.float32], rng: np.random.Generator) -> FloatArray:
        """Votes of each cell in some resamples, shape (resamples, cells), given each worker's weights (workers, resamples)."""
        of_pairs = _times_drawn(rng, self.votes.shape[1], times_drawn.shape[1], self.votes.dtype)
        of_rows = self.votes @ of_pairs
        cells = zip(self.bounds[:-1], self.bounds[1:], strict=True)
        return np.stack(
            [np.einsum("wr,wr->r", of_rows[start:end], times_drawn[self.worker[start:end]]) for start, end in cells], axis=1
        )


def resampled_counts(
    votes: StudyVotes, outcomes: Outcomes, resamples: int, seed: int, threads: int | None = None
) -> FloatArray:
    """Counts of outcomes in each resample, shape (resamples, prompt sets, criteria, outcomes).

    Pairs are drawn with replacement within their prompt set, workers over the study. Every block of resamples has a generator
    of its own, so the result depends on the seed alone, on neither the number of threads nor the order of the votes.
    """
    shape = (resamples, len(votes.prompt_sets), len(votes.criteria), len(outcomes.option))
    counts = np.zeros((*shape[:2], shape[2] * shape[3]))
    worker = np.unique(votes.worker, return_inverse=True)[1]
    prompt_sets = _prompt_sets(votes, outcomes, worker)
    starts = range(0, resamples, BLOCK)

    def fill(start: int, sequence: np.random.SeedSequence) -> None:
        rng, block = np.random.default_rng(sequence), counts[start : start + BLOCK]
        times_drawn = _times_drawn(rng, int(worker.max()) + 1, len(block), np.dtype(np.float32))
        for prompt_set in prompt_sets:
            block[:, prompt_set.number] = prompt_set.counts(times_drawn, rng)

    if len(votes):
        with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
            list(pool.map(fill, starts, np.random.SeedSequence(seed).spawn(len(starts))))
    return counts.reshape(shape)


def _prompt_sets(votes: StudyVotes, outcomes: Outcomes, worker: IntArray) -> list[_PromptSet]:
    cells = len(votes.criteria) * len(outcomes.option)
    cell = votes.criterion * len(outcomes.option) + outcome_of_each_vote(votes, outcomes)
    workers = int(worker.max(initial=-1)) + 1
    return [
        _prompt_set(int(number), (cell * workers + worker)[rows], votes.pair[rows], cells, workers)
        for number in sorted(np.unique(votes.prompt_set), key=lambda number: votes.prompt_sets[number])
        for rows in [np.flatnonzero(votes.prompt_set == number)]
    ]


def _prompt_set(number: int, key: IntArray, pair: IntArray, cells: int, workers: int) -> _PromptSet:
    rows, row = np.unique(key, return_inverse=True)
    pairs, column = np.unique(pair, return_inverse=True)
    matrix = csr_array((np.ones(len(row), np.int32), (row, column)), shape=(len(rows), len(pairs)))
    # A row's sum is at most this in any resample; halving the bytes halves the time.
    fits = len(pairs) * int(matrix.max()) <= MOST_SMALL
    bounds = np.searchsorted(rows, np.arange(cells + 1) * workers)
    return _PromptSet(number, matrix.astype(np.int16 if fits else np.float32), rows % workers, bounds)


def _times_drawn(rng: np.random.Generator, size: int, resamples: int, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """How often each of so many is drawn when as many are drawn with replacement, shape (size, resamples)."""
    drawn = np.empty((resamples, size), dtype)
    for row, draws in zip(drawn, rng.integers(size, size=(resamples, size)), strict=True):
        row[:] = np.bincount(draws, minlength=size)
    return drawn.T.copy()
