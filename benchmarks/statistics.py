"""How long shares, resamples and clustered variances take on the million votes, beside other ways to the same.

    python -m benchmarks.statistics votes.parquet       # made by python -m benchmarks.million_votes

Prints a Markdown table; the factor is to ours, in this one run. Of a few runs the fastest counts, unless one takes seconds. The
slowest are run for a few resamples and multiplied, which the table says.
"""

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm  # type: ignore[import-untyped]
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups  # type: ignore[import-untyped]

from analysis.bootstrap import resampled_counts
from analysis.choice_model import choice_model
from analysis.clustering import clustered_covariance
from analysis.inference import differences, share_intervals
from analysis.outcomes import counts_of, outcomes_of, shares_of
from analysis.study_votes import FloatArray, IntArray, StudyVotes, studies_of
from analysis.votes import read_votes

RUNS, RESAMPLES = 3, 10_000
OPTION = 4  # whose share's variance is asked

Way = tuple[str, float]  # and how many seconds it takes


def main(path: Path) -> None:
    """Print the table."""
    votes, _ = next(studies_of(read_votes(path)))
    print(f"{len(votes):,} votes, {len(votes.workers):,} workers, {votes.pair.max() + 1:,} comparisons\n")
    print("| what | how | seconds | of ours |\n|---|---|---:|---:|")
    for kind, ways in KINDS.items():
        ours = 0.0
        for way, seconds in ways(votes):
            ours = ours or seconds
            print(f"| {kind} | {way} | {seconds:.3g} | {seconds / ours:.3g} × |")


def share_tables(votes: StudyVotes) -> Iterator[Way]:
    outcomes, frame, shape = outcomes_of(votes), frame_of(votes), (len(votes.prompt_sets), len(votes.criteria))
    cells = shape[0] * shape[1] * len(votes.options)

    def ours() -> FloatArray:
        return shares_of(counts_of(votes, outcomes), outcomes)

    def bincount() -> FloatArray:
        counts = np.bincount(cell_of_each(votes), minlength=cells).reshape(*shape, -1)
        return np.asarray(counts / counts.sum(axis=2, keepdims=True))

    def groupby() -> "pd.Series[float]":
        counts = frame.groupby(["prompt_set", "criterion", "option"]).size()
        return counts / counts.groupby(level=[0, 1]).transform("sum")

    np.testing.assert_allclose(ours(), bincount())
    np.testing.assert_allclose(ours().ravel(), groupby())
    yield "ours", fastest(ours)
    yield "numpy: bincount", fastest(bincount)
    yield "pandas: groupby", fastest(groupby)


def cell_of_each(votes: StudyVotes) -> IntArray:
    """Prompt set × criterion × option of each vote, shape (votes,)."""
    return (votes.prompt_set * len(votes.criteria) + votes.criterion) * len(votes.options) + votes.option


def frame_of(votes: StudyVotes) -> pd.DataFrame:
    return pd.DataFrame({name: getattr(votes, name) for name in ("prompt_set", "criterion", "pair", "option")})


def resamples(votes: StudyVotes) -> Iterator[Way]:
    """Ours draws comparisons and workers; the others comparisons alone, which is less work."""
    outcomes, frame, cubes = (
        outcomes_of(votes),
        frame_of(votes).set_index("pair").sort_index(),
        list(counts_by_comparison(votes)),
    )
    yield "ours: comparisons × workers", seconds(lambda: resampled_counts(votes, outcomes, RESAMPLES, 0))
    yield "comparisons: weights × counts (of 500)", multiplied(partial(weighted, cubes), 500)
    distinct = [np.unique(cube, axis=0, return_counts=True) for cube in cubes]
    yield (
        "comparisons: multinomial of distinct ones, as FastChat draws votes (of 500)",
        multiplied(partial(drawn, distinct), 500),
    )
    yield "comparisons: pandas, drawn and grouped again (of 3)", multiplied(partial(grouped_again, frame), 3)


def counts_by_comparison(votes: StudyVotes) -> Iterator[FloatArray]:
    """For each prompt set the counts of its comparisons, shape (comparisons, criteria × options)."""
    cell = votes.criterion * len(votes.options) + votes.option
    cells = len(votes.criteria) * len(votes.options)
    counts = np.bincount(votes.pair * cells + cell, minlength=(votes.pair.max() + 1) * cells).reshape(-1, cells)
    for prompt_set in range(len(votes.prompt_sets)):
        yield counts[np.unique(votes.pair[votes.prompt_set == prompt_set])].astype(np.float64)


def weighted(cubes: list[FloatArray], number: int) -> list[FloatArray]:
    rng = np.random.default_rng(0)
    return [rng.multinomial(len(cube), np.full(len(cube), 1 / len(cube)), number) @ cube for cube in cubes]


def drawn(distinct: list[tuple[FloatArray, IntArray]], number: int) -> list[FloatArray]:
    rng = np.random.default_rng(0)
    return [rng.multinomial(often.sum(), often / often.sum(), number) @ cube for cube, often in distinct]


def grouped_again(frame: pd.DataFrame, number: int) -> "list[pd.Series[int]]":
    rng, pairs = np.random.default_rng(0), frame.index.unique()
    again = (frame.loc[rng.choice(pairs, len(pairs))] for _ in range(number))
    return [rows.groupby(["prompt_set", "criterion", "option"]).size() for rows in again]


def variances(votes: StudyVotes) -> Iterator[Way]:
    """Of one option's share of all votes."""
    chosen = (votes.option == OPTION).astype(np.float64)
    influence = ((chosen - chosen.mean()) / len(chosen))[:, None]

    def statsmodels() -> FloatArray:
        fit = sm.OLS(chosen, np.ones(len(chosen))).fit()
        return np.asarray(cov_cluster_2groups(fit, votes.pair, votes.worker)[0])

    def ours() -> FloatArray:
        return clustered_covariance(influence, votes.pair, votes.worker)

    np.testing.assert_allclose(ours(), statsmodels())
    yield "ours", fastest(ours)
    yield "statsmodels: cov_cluster_2groups", fastest(statsmodels)
    yield "pigeonhole bootstrap: weights of every vote (of 100)", multiplied(partial(pigeonhole, votes, chosen), 100)


def pigeonhole(votes: StudyVotes, chosen: FloatArray, number: int) -> float:
    """The variance over resamples, each with a weight for every vote."""
    rng, sizes, shares = np.random.default_rng(0), (int(votes.pair.max()) + 1, len(votes.workers)), []
    for _ in range(number):
        of_pairs, of_workers = (np.bincount(rng.integers(size, size=size), minlength=size) for size in sizes)
        weight = of_pairs[votes.pair] * of_workers[votes.worker]
        shares.append((weight @ chosen) / weight.sum())
    return float(np.var(shares))


def only_ours(what: Callable[[StudyVotes], object], votes: StudyVotes) -> Iterator[Way]:
    yield "ours", fastest(lambda: what(votes))


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def fastest(run: Callable[[], object]) -> float:
    return min(seconds(run) for _ in range(RUNS))


def multiplied(run: Callable[[int], object], number: int) -> float:
    """What all resamples would take, from fewer."""
    return seconds(lambda: run(number)) * RESAMPLES / number


KINDS: dict[str, Callable[[StudyVotes], Iterator[Way]]] = {
    "share table": share_tables,
    f"{RESAMPLES:,} resamples": resamples,
    "two-way variance of a share": variances,
    "all shares with intervals": partial(only_ours, share_intervals),
    "all differences tested": partial(only_ours, differences),
    "choice model of each criterion": partial(only_ours, choice_model),
}

if __name__ == "__main__":
    main(Path(sys.argv[1]))
