"""What a pilot tells of a study to come: how its votes split, and how much they depend on each other."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from analysis.clustering import crossed
from analysis.power import BadPlan, Correlations, Plan, Split
from analysis.study_votes import BoolArray, FloatArray, IntArray, StudyVotes, joined

MOST_CORRELATED = 0.9  # a pilot of a few votes may say anything


@dataclass(frozen=True)
class Pilot:
    """Shares of the two conditions in the votes on comparisons that showed both, and what these votes have in common.

    design_effect: of the pilot itself, with clusters of the sizes that it has.
    """

    split: Split
    correlations: Correlations
    comparisons: int
    workers: int
    total: int
    design_effect: float

    @property
    def votes_per_worker(self) -> float:
        return self.total / self.workers

    def plan(self, comparisons: int, votes: int) -> Plan:
        """A study whose workers vote as often as the pilot's."""
        workers = max(votes, 2, ceil(comparisons * votes / self.votes_per_worker))
        return Plan(comparisons, votes, min(workers, comparisons * votes))


def pilot_of(votes: StudyVotes, criterion: int, pair: tuple[int, int]) -> Pilot:
    """Of the votes of all prompt sets on one criterion that could have gone to either condition, given by their codes.

    Raises BadPlan where they tell too little.
    """
    shows_both: BoolArray = np.logical_and(votes.could[:, pair[0] + 1], votes.could[:, pair[1] + 1])
    rows = (votes.criterion == criterion) & shows_both[votes.together]
    option = votes.option[rows]
    scores = (option == pair[0] + 1).astype(np.float64) - (option == pair[1] + 1)
    return measured(scores, votes.pair[rows], votes.worker[rows])


def measured(scores: FloatArray, comparison: IntArray, worker: IntArray) -> Pilot:
    """A pilot by the score of each vote, +1, 0 or −1, its comparison and its worker, shape (votes,) each.

    The parts of the two-way clustered variance that come from two votes on one comparison, and of one worker, each over the
    number of such pairs; less what two votes with nothing in common seem to have, since the mean is the sample's own.
    """
    comparison, worker = joined(comparison), joined(worker)
    _refuse_too_few(comparison, worker)
    if not scores.any():
        raise BadPlan("Not one vote of the pilot goes to either of the two conditions. Choose two others, or assume a --split.")
    error, both = scores - scores.mean(), crossed(comparison, worker)
    variance = float(np.mean(error**2))
    of_comparison, of_worker, of_both = (_pairs(error, codes) for codes in (comparison, worker, both))
    apart = len(scores) * (len(scores) - 1) - of_comparison[1] - of_worker[1] + of_both[1]
    of_apart = -(error @ error) - of_comparison[0] - of_worker[0] + of_both[0]  # all errors add up to 0
    chance = of_apart / apart if apart else 0.0
    found = Correlations(*(_correlation(part, chance, variance) for part in (of_comparison, of_worker)))
    more = of_comparison[1] * found.comparison + of_worker[1] * found.worker
    return Pilot(
        Split(float(np.mean(scores > 0)), float(np.mean(scores < 0))),
        found,
        comparisons=int(comparison.max()) + 1,
        workers=int(worker.max()) + 1,
        total=len(scores),
        design_effect=1 + more / len(scores),
    )


def _refuse_too_few(comparison: IntArray, worker: IntArray) -> None:
    comparisons, workers = (int(codes.max(initial=-1)) + 1 for codes in (comparison, worker))
    if comparisons < 2 or workers < 2:
        raise BadPlan(
            f"A pilot tells how votes depend on each other only with two comparisons and two workers or more; this one has "
            f"{comparisons} and {workers} that count. Collect more votes, or give --split and --design-effect instead."
        )
    if comparisons == len(comparison) or workers == len(worker):
        word = "comparison" if comparisons == len(comparison) else "worker"
        raise BadPlan(
            f"No {word} of the pilot has two votes, so it does not tell how they depend on each other. "
            "Collect more votes, or give --split and --design-effect instead."
        )


def _pairs(error: FloatArray, codes: IntArray) -> tuple[float, int]:
    """The sum of products of the errors of two votes of one cluster, and how many such pairs there are, each in both orders."""
    sizes = np.bincount(codes)
    return float((np.bincount(codes, error) ** 2).sum() - error @ error), int((sizes * (sizes - 1)).sum())


def _correlation(part: tuple[float, int], chance: float, variance: float) -> float:
    """Not below 0, where only chance can have put it."""
    products, pairs = part
    if variance - chance <= 0:
        return 0.0
    return float(np.clip((products / pairs - chance) / (variance - chance), 0.0, MOST_CORRELATED))
