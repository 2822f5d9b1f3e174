"""How often the test of channels refutes that they agree: where they do, and where one chooses otherwise.

    python -m benchmarks.channels --simulations 2000

Each simulation draws new comparisons, new workers of unlike taste, and the choices of one of three options by each worker on as
many comparisons as they care for, by a geometric distribution. Beside the test stands that of Cochran, Mantel and Haenszel,
which takes votes as independent.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.channel_permutations import permutation_p, surplus_of
from analysis.channel_tests import cochran_mantel_haenszel
from analysis.study_votes import IntArray

OPTIONS, LEVEL, PERMUTATIONS = 3, 0.05, 199
UNLIKE_COMPARISONS, UNLIKE_WORKERS = 1.0, 0.7  # standard deviations of what is liked, in logits


@dataclass(frozen=True)
class Kind:
    """Of studies: the workers of two channels and their mean number of votes; comparisons that each sees, and that both do."""

    workers: tuple[int, int]
    votes: tuple[float, float]
    comparisons: int = 20
    shared: int = 20
    shift: float = 0.0  # how much more the second channel likes one option, in logits


KINDS = {
    "15 and 15 workers, 8 votes each": Kind((15, 15), (8, 8)),
    "4 and 20 workers": Kind((4, 20), (8, 8)),
    "15 workers of 15 votes, 60 of 3": Kind((15, 60), (15, 3)),
    "15 workers of 3 votes, 60 of 15": Kind((15, 60), (3, 15)),
    "5 of 20 comparisons shared, 15 and 30 workers": Kind((15, 30), (8, 8), shared=5),
    "15 and 15 workers, the odds of one option 3.3 times as high": Kind((15, 15), (8, 8), shift=1.2),
    "the same, 7.4 times": Kind((15, 15), (8, 8), shift=2.0),
}


def main(simulations: int, seed: int) -> None:
    """Print how often each test has a p of .05 or less."""
    rng = np.random.default_rng(seed)
    print("| studies | as if votes were independent | by permutations |\n| --- | --- | --- |")
    for name, kind in KINDS.items():
        refuted = np.mean([np.array(p_values(rng, kind)) <= LEVEL for _ in range(simulations)], axis=0)
        print(f"| {name} | {refuted[0]:.3f} | {refuted[1]:.3f} |", flush=True)


def p_values(rng: np.random.Generator, kind: Kind) -> tuple[float, float]:
    """Of one study: as if votes were independent, and ours."""
    option, comparison, worker, label = simulated(rng, kind)
    naive = stats.chi2.sf(*cochran_mantel_haenszel(option, comparison, label[worker]))
    surplus = surplus_of(option, comparison, worker, OPTIONS)
    return float(naive), permutation_p(surplus, label, PERMUTATIONS, int(rng.integers(2**32)))[1]


def simulated(rng: np.random.Generator, kind: Kind) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """The option, comparison and worker of each vote, and the channel of each worker."""
    label = np.repeat([0, 1], kind.workers)
    often = np.minimum(rng.geometric(1 / np.array(kind.votes)[label]), kind.comparisons)
    worker = np.repeat(np.arange(len(label)), often)
    apart = kind.comparisons - kind.shared
    comparison = np.concatenate(
        [
            rng.choice(kind.comparisons, number, replace=False) + apart * channel
            for number, channel in zip(often, label, strict=True)
        ]
    )
    liked = rng.normal(0, UNLIKE_COMPARISONS, (kind.comparisons + apart, OPTIONS))
    taste = rng.normal(0, UNLIKE_WORKERS, (len(label), OPTIONS))
    taste[:, 0] += kind.shift * label
    option = np.argmax(liked[comparison] + taste[worker] + rng.gumbel(size=(len(worker), OPTIONS)), axis=1)
    return option, np.unique(comparison, return_inverse=True)[1], worker, label


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    main(**vars(parser.parse_args()))
