"""How long agreement and the workers' reliability take on the million votes, beside other libraries.

    python -m benchmarks.agreement votes.csv            # or .parquet, made by python -m benchmarks.million_votes

On the first criterion. Alpha: ours from counts of votes and from their codes, krippendorff's and evalica's from the tables that
each of them takes, which are not timed. evalica's bootstrap is there for its time alone: it does not resample comparisons.
Dawid–Skene: as many steps of the same algorithm, written in plain numpy vote by vote. The last line is all that a report says
of agreement, on both criteria. Prints a Markdown table; of three runs the fastest counts, and what takes ten seconds runs once.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import evalica
import krippendorff
import numpy as np
import pandas as pd

from analysis.agreement import Agreement, agreement, alpha
from analysis.dawid_skene import dawid_skene
from analysis.study_votes import FloatArray, IntArray, StudyVotes, studies_of
from analysis.votes import read_votes

RUNS, LONG = 3, 10  # seconds
RESAMPLES, STEPS = 1_000, 100


def counts_of(votes: StudyVotes) -> IntArray:
    """Votes by comparison and option."""
    shape = (int(votes.comparison.max()) + 1, len(votes.options))
    return np.bincount(votes.comparison * shape[1] + votes.option, minlength=shape[0] * shape[1]).reshape(shape)


def as_evalica_takes_them(votes: StudyVotes) -> pd.DataFrame:
    """The n-th vote on each comparison, by n and comparison: who gave it does not matter."""
    frame = pd.DataFrame({"comparison": votes.comparison, "option": votes.option})
    return frame.assign(n=frame.groupby("comparison").cumcount()).pivot_table(index="n", columns="comparison", values="option")


def plain_dawid_skene(votes: StudyVotes, steps: int) -> float:
    """The log-likelihood before the last of so many steps from the shares of votes."""
    counts = counts_of(votes).astype(np.float64)
    truth, options = counts / counts.sum(axis=1, keepdims=True), len(votes.options)
    log_likelihood = 0.0
    for _ in range(steps):
        log_likelihood, truth = plain_step(votes, truth, options)
    return log_likelihood


def plain_step(votes: StudyVotes, truth: FloatArray, options: int) -> tuple[float, FloatArray]:
    answers = np.zeros((len(votes.workers), options, options))
    np.add.at(answers, (votes.worker, votes.option), truth[votes.comparison])
    answers /= np.maximum(answers.sum(axis=1, keepdims=True), 1e-300)
    logs = np.tile(np.log(truth.mean(axis=0)), (len(truth), 1))
    np.add.at(logs, votes.comparison, np.log(np.maximum(answers, 1e-300))[votes.worker, votes.option])
    most = logs.max(axis=1, keepdims=True)
    chances = np.exp(logs - most)
    sums = chances.sum(axis=1, keepdims=True)
    return float((most + np.log(sums)).sum()), chances / sums


def fastest(run: Callable[[], object]) -> float:
    """Seconds of the fastest of a few runs; of one, if that is long."""
    took: list[float] = []
    while len(took) < RUNS and sum(took) < LONG:
        start = time.perf_counter()
        run()
        took.append(time.perf_counter() - start)
    return min(took)


def main(path: Path) -> None:
    both, _rows = next(studies_of(read_votes(path)))
    votes = both.only(both.criterion == 0)
    counts, observers = counts_of(votes), as_evalica_takes_them(votes)
    tell_agreement(votes, counts, observers)
    print("| what | seconds | peer | seconds | ratio |\n|---|---|---|---|---|")
    pairs: list[tuple[str, Callable[[], object], str, Callable[[], object]]] = [
        ("alpha", lambda: alpha(counts), "krippendorff", lambda: krippendorff_alpha(counts)),
        ("alpha, counting too", lambda: alpha(counts_of(votes)), "evalica", lambda: evalica.alpha(observers)),
        (
            f"alpha, AC1, kappa, {RESAMPLES:,} resamples",
            lambda: resampled(votes),
            "evalica, alpha",
            lambda: evalicas(observers),
        ),
        (f"Dawid–Skene, {STEPS} steps", lambda: stepped(votes, STEPS), "plain numpy", lambda: plain_dawid_skene(votes, STEPS)),
        (f"all of a report's agreement, {len(both):,} votes", lambda: agreement(both, RESAMPLES, 0), "", lambda: None),
    ]
    for what, ours, peer, theirs in pairs:
        took, peers = fastest(ours), fastest(theirs)
        print(
            f"| {what} | {took:.3f} | {peer} | {peers:.3f} | {took / peers:.3f} |" if peer else f"| {what} | {took:.3f} | | | |"
        )


def tell_agreement(votes: StudyVotes, counts: IntArray, observers: pd.DataFrame) -> None:
    alphas = [alpha(counts) or np.nan, krippendorff_alpha(counts), evalica.alpha(observers).alpha]
    likelihoods = [stepped(votes, 5), plain_dawid_skene(votes, 5)]
    agree = np.ptp(alphas) < 1e-9 and np.ptp(likelihoods) < 1e-6 * abs(likelihoods[0])
    print(f"{len(votes):,} votes; alphas and likelihoods {'agree' if agree else 'DO NOT AGREE'}\n")


def krippendorff_alpha(counts: IntArray) -> float:
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def evalicas(observers: pd.DataFrame) -> evalica.AlphaBootstrapResult:
    return evalica.alpha_bootstrap(observers, n_resamples=RESAMPLES, random_state=0)


def resampled(votes: StudyVotes) -> Agreement:
    """Over all prompt sets of one criterion."""
    one_set = replace(votes, prompt_sets=(), criteria=votes.criteria[:1])
    return agreement(one_set, RESAMPLES, 0)[0]


def stepped(votes: StudyVotes, steps: int) -> float:
    """The log-likelihood before the last of so many steps."""
    found = dawid_skene(votes.comparison, votes.worker, votes.option, len(votes.options), iterations=steps, tolerance=0)
    return found.log_likelihoods[-1]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
