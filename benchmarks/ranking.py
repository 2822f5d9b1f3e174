"""How long worths take on the million votes, beside evalica's Bradley–Terry on as many duels, and those of 10,000 resamples.

    python -m benchmarks.ranking votes.csv              # made by python -m benchmarks.million_votes

evalica knows pairs only. So every vote is also made a duel of the first two of its four images: a win if one of them was
chosen, else a tie; both rank these. Prints a Markdown table; of a few runs the fastest counts.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import evalica
import numpy as np
import pandas as pd

from analysis.outcomes import counts_of, outcomes_of
from analysis.ranking import FITS, ranking
from analysis.study_votes import FloatArray, IntArray, StudyVotes, studies_of
from analysis.tally import TIE
from analysis.votes import read_votes

RUNS, RESAMPLES = 3, 10_000


def duels_of(votes: StudyVotes) -> StudyVotes:
    """The votes as if the first two images alone had been shown, on one criterion and in one prompt set."""
    first_two = np.array(votes.orders)[votes.order, :2]
    orders, order = np.unique(first_two, axis=0, return_inverse=True)
    option = np.where((votes.option[:, None] == first_two + 1).any(axis=1), votes.option, TIE)
    one = {"prompt_sets": ("all",), "criteria": ("all",), "prompt_set": 0 * order, "criterion": 0 * order}
    return replace(votes, orders=tuple(map(tuple, orders.tolist())), order=order, option=option, **one)  # type: ignore[arg-type]


def as_evalica_takes_them(duels: StudyVotes) -> tuple[IntArray, IntArray, list[evalica.Winner]]:
    """The codes of both, which it takes faster than names, and who won."""
    pairs = np.array(duels.orders)[duels.order]
    winner = np.select([duels.option == pairs[:, 0] + 1, duels.option == pairs[:, 1] + 1], [0, 1], 2)
    winners = np.array([evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw], object)[winner]
    return pairs[:, 0], pairs[:, 1], list(winners)


def counted_and_ranked(votes: StudyVotes) -> dict[tuple[str, str], float | None]:
    """The worths in all three models, by model and condition, from the votes on."""
    found = ranking(votes, outcomes := outcomes_of(votes), np.zeros((0, *counts_of(votes, outcomes).shape)))
    return {(row.model, row.condition): row.worth for row in found.worths}


def resampled(votes: StudyVotes) -> FloatArray:
    """Counts as resamples of independent votes would give them, shape (RESAMPLES, prompt sets, criteria, outcomes)."""
    counts = counts_of(votes, outcomes_of(votes))
    return np.random.default_rng(0).poisson(counts, (RESAMPLES, *counts.shape)).astype(np.float64)


def fastest(run: Callable[[], object]) -> float:
    """Seconds of the fastest of a few runs."""
    took = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        took.append(time.perf_counter() - start)
    return min(took)


def main(path: Path) -> None:
    votes, _rows = next(studies_of(read_votes(path)))
    duels = duels_of(votes)
    xs, ys, winners = as_evalica_takes_them(duels)
    index = pd.RangeIndex(len(votes.conditions))
    theirs = evalica.bradley_terry(xs, ys, winners, index, tolerance=1e-10).scores
    ours = counted_and_ranked(duels)
    names = list(enumerate(duels.conditions))
    agree = all(np.isclose(ours["half_tie", name] or 0, theirs[code] / theirs.sum(), rtol=1e-5) for code, name in names)
    peer = fastest(lambda: evalica.bradley_terry(xs, ys, winners, index))
    print(f"{len(votes):,} votes; half-tie worths {'agree' if agree else 'DO NOT AGREE'}\n")
    print("| what | seconds | of evalica's |\n|---|---|---|")
    many, outcomes = resampled(votes), outcomes_of(votes)
    runs: dict[str, Callable[[], object]] = {
        f"duels, {len(FITS)} models": lambda: counted_and_ranked(duels),
        f"votes on four, {len(FITS)} models, 2 criteria": lambda: counted_and_ranked(votes),
        f"{RESAMPLES:,} resamples of them": lambda: ranking(votes, outcomes, many),
    }
    print(f"| evalica, duels, Bradley–Terry | {peer:.3f} | 1 |")
    for what, run in runs.items():
        print(f"| {what} | {(took := fastest(run)):.3f} | {took / peer:.2f} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
