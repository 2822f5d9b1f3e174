"""How often intervals of nominal 95 % hold the truth, where votes depend on each other by comparison and by worker.

    python -m benchmarks.coverage --simulations 2000

Each simulation draws new comparisons, new workers and their votes: 100 comparisons × 10 votes by 60 workers, some of whom vote
far more than others. The truth is the share that all comparisons and workers would give.

Then the same of Krippendorff's α, with 5 votes on each of few or of many comparisons. Each comparison's chances of the options
are drawn from a Dirichlet distribution with the parameters (1 / α − 1) p, p the shares of all: then α is the true value.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
from scipy.special import stdtrit

from analysis.agreement import agreement
from analysis.bootstrap import resampled_counts
from analysis.clustering import clustered_covariance, degrees_of_freedom
from analysis.inference import differences, share_intervals
from analysis.outcomes import outcomes_of, shares_of
from analysis.study_votes import FloatArray, IntArray, StudyVotes
from benchmarks.million_votes import APPEAL, CONDITIONS, choices

COMPARISONS, VOTES, WORKERS = 100, 10, 60
UNEVENNESS = 1.0  # of workers: the standard deviation of the logarithm of how often they vote
RESAMPLES, LEVEL = 1000, 0.95
OF_ALPHA, ALPHAS, SIZES = 5, (0.1, 0.4), (5, 10, 20, 100)  # votes on each comparison, true values, comparisons
SHARES_OF_ALPHA = np.array([0.1, 0.2, 0.3, 0.4])
PAIRS = np.array(list(combinations(range(1, len(APPEAL)), 2)))

Covered = Iterator[tuple[str, FloatArray]]


def main(simulations: int, resampled: int, of_alpha: int, seed: int) -> None:
    """Print the share of intervals that hold the truth, over all shares and over all differences, and over all α."""
    rng = np.random.default_rng(seed)
    truth = true_shares(rng)
    held: defaultdict[str, list[FloatArray]] = defaultdict(list)
    for number in range(simulations):
        votes = simulated(rng)
        for name, covered in coverage(votes, truth):
            held[name].append(covered)
        if number < resampled:
            held["pigeonhole bootstrap, shares"].append(of_bootstrap(votes, truth, number))
    for alpha, comparisons in product(ALPHAS, SIZES):
        held[f"α = {alpha}, {comparisons} comparisons"] = list(coverage_of_alpha(alpha, comparisons, of_alpha, seed))
    print(f"| intervals of nominal {LEVEL:.0%} | hold the truth | simulations |\n|---|---|---|")
    for name, covered_each in held.items():
        print(f"| {name} | {np.mean(covered_each):.3f} | {len(covered_each)} |")


def simulated(rng: np.random.Generator) -> StudyVotes:
    """One study's votes."""
    activity = rng.normal(0, UNEVENNESS, WORKERS) + rng.gumbel(size=(COMPARISONS, WORKERS))
    worker = np.argsort(activity, axis=1)[:, -VOTES:].ravel()
    comparison = np.repeat(np.arange(COMPARISONS), VOTES)
    return study_of(comparison, worker, choices(rng, comparison, worker))


def of_agreement(rng: np.random.Generator, alpha: float, comparisons: int) -> StudyVotes:
    """One study's votes with that α, by workers who vote once on a comparison."""
    shares = rng.dirichlet((1 / alpha - 1) * SHARES_OF_ALPHA, comparisons)
    option = (rng.random((comparisons, OF_ALPHA, 1)) > shares.cumsum(axis=1)[:, None, :-1]).sum(axis=2)
    comparison, worker = np.indices(option.shape)
    return study_of(comparison.ravel(), worker.ravel(), option.ravel())


def study_of(comparison: IntArray, worker: IntArray, option: IntArray) -> StudyVotes:
    """Votes of which each is a trial; all conditions are always shown."""
    same = np.zeros_like(comparison)
    return StudyVotes(
        study="simulated",
        prompt_sets=("all",),
        criteria=("quality",),
        conditions=CONDITIONS,
        workers=tuple(f"w{number}" for number in range(WORKERS)),
        orders=(tuple(range(len(CONDITIONS))),),
        prompt_set=same,
        criterion=same,
        pair=comparison,
        comparison=comparison,
        worker=worker,
        trial=np.arange(len(comparison)),
        order=same,
        option=option,
    )


def true_shares(rng: np.random.Generator, draws: int = 1_000_000) -> FloatArray:
    """The share of each option among all comparisons and workers, shape (options,): each draw has its own of both."""
    each = np.arange(draws)
    return np.bincount(choices(rng, each, each), minlength=len(APPEAL)) / draws


def coverage(votes: StudyVotes, truth: FloatArray) -> Covered:
    """Which intervals hold the truth: as if votes were independent, clustered in one way, and ours."""
    each, gap = np.arange(len(votes)), truth[PAIRS[:, 0]] - truth[PAIRS[:, 1]]
    clusters = {
        "as if votes were independent": each,
        "clustered by comparison": votes.pair,
        "clustered by worker": votes.worker,
    }
    for name, codes in clusters.items():
        yield f"{name}, shares", of_one_way(votes, truth, codes)
    ours = [(share.low, share.high) for share in share_intervals(votes, LEVEL)]
    yield "two-way, shares", within(truth, np.array(ours, np.float64) / 100)
    theirs = [(difference.low, difference.high) for difference in differences(votes, LEVEL)]
    yield "two-way, differences", within(gap, np.array(theirs, np.float64) / 100)


def of_one_way(votes: StudyVotes, truth: FloatArray, codes: IntArray) -> FloatArray:
    """Where both ways are the same, two-way clusters are those of one."""
    chosen = (votes.option[:, None] == np.arange(len(APPEAL))).astype(np.float64)
    share = chosen.mean(axis=0)
    variance = np.diag(clustered_covariance((chosen - share) / len(votes), codes, codes))
    margin = stdtrit(degrees_of_freedom(codes, codes), (1 + LEVEL) / 2) * np.sqrt(variance)
    return within(truth, np.column_stack([share - margin, share + margin]))


def of_bootstrap(votes: StudyVotes, truth: FloatArray, seed: int) -> FloatArray:
    """Intervals between percentiles of resamples."""
    outcomes = outcomes_of(votes)
    shares = shares_of(resampled_counts(votes, outcomes, RESAMPLES, seed), outcomes)[:, 0, 0]
    return within(truth, np.quantile(shares, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0).T)


def coverage_of_alpha(alpha: float, comparisons: int, simulations: int, seed: int) -> Iterator[FloatArray]:
    """Of the simulations that have an interval: where all votes are alike there is none."""
    rng = np.random.default_rng(seed)
    for number in range(simulations):
        (found, _) = agreement(of_agreement(rng, alpha, comparisons), RESAMPLES, number, LEVEL)
        if found.low is not None:
            yield within(np.array([alpha]), np.array([[found.low, found.high]], np.float64))


def within(truth: FloatArray, limits: FloatArray) -> FloatArray:
    return ((limits[:, 0] <= truth) & (truth <= limits[:, 1])).astype(np.float64)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--resampled", type=int, default=200, help="of how many simulations the bootstrap is tried")
    parser.add_argument("--of-alpha", type=int, default=500, help="simulations of each α and number of comparisons")
    parser.add_argument("--seed", type=int, default=0)
    main(**vars(parser.parse_args()))
