"""What a study can see before it is made: power, smallest difference, comparisons and votes needed, in closed form.

A vote scores +1 for condition a, −1 for b and 0 for any other option, so that the mean score is the difference of the two
shares. Scores on one comparison are correlated, and so are those of one worker; both together multiply the variance of the
mean by the design effect (Kish, "Survey Sampling", 1965, for each of the two). The mean over its clustered standard error is
taken to be noncentral t. `power_simulation` finds out how far that holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri, ndtr, stdtrit

from analysis.study_votes import FloatArray

MOST = 1_000_000  # comparisons or votes; beyond, none are enough
NOTHING = 1e-9
# Noncentral t as the mean of a normal probability over the error's own distribution: right where scipy's nctdtr is NaN or 0.
QUANTILES = (np.arange(500) + 0.5) / 500


class BadPlan(ValueError):
    """No such study can be made or judged; says what to change."""


@dataclass(frozen=True)
class Split:
    """The shares of the two conditions that are compared, 0 to 1; what is left goes to no clear winner and to others."""

    first: float
    second: float

    @property
    def difference(self) -> float:
        return self.first - self.second

    @property
    def decided(self) -> float:
        return self.first + self.second

    @property
    def variance(self) -> float:
        """Of one vote's score."""
        return max(self.decided - self.difference**2, 0.0)

    def with_difference(self, difference: float) -> "Split":
        """As many votes for either, split otherwise. Raises BadPlan for more than all of them."""
        if abs(difference) > self.decided + NOTHING:
            raise BadPlan(
                f"{100 * difference:g} points are more than the {100 * self.decided:g} % of the votes that go to either "
                "condition. Ask for a smaller difference, or for fewer votes for no clear winner and others."
            )
        return Split((self.decided + difference) / 2, max((self.decided - difference) / 2, 0.0))


@dataclass(frozen=True)
class Plan:
    """The size of a study: comparisons that show both conditions, votes on each by different workers, workers in all.

    Workers are taken to vote equally often. Raises BadPlan where there cannot be so many or few.
    """

    comparisons: int
    votes: int
    workers: int

    def __post_init__(self) -> None:
        if self.comparisons < 2 or self.votes < 1 or self.workers < 2:
            raise BadPlan(
                "A difference is tested between two comparisons and two workers or more, with a vote on each. Plan more."
            )
        if self.workers < self.votes:
            raise BadPlan(f"{self.votes} votes on each comparison need as many workers, not {self.workers}. Plan more workers.")
        if self.workers > self.total:
            raise BadPlan(f"{self.workers} workers are more than the {self.total} votes. Plan fewer workers or more votes.")

    @property
    def total(self) -> int:
        return self.comparisons * self.votes

    @property
    def votes_per_worker(self) -> float:
        return self.total / self.workers

    def resized(self, comparisons: int, votes: int) -> "Plan":
        """Another size, with workers who vote about as often as before."""
        workers = max(votes, 2, ceil(comparisons * votes / self.votes_per_worker - NOTHING))
        return Plan(comparisons, votes, min(workers, comparisons * votes))


@dataclass(frozen=True)
class Correlations:
    """Of the scores of two votes on one comparison, and of two votes of one worker; 0 to 1."""

    comparison: float
    worker: float

    def design_effect(self, plan: Plan) -> float:
        """How many times the variance of the difference is that of as many independent votes."""
        return 1 + (plan.votes - 1) * self.comparison + (plan.votes_per_worker - 1) * self.worker


def correlations_of(design_effect: float, plan: Plan) -> Correlations:
    """Correlations that give the plan this design effect: comparisons and workers add equally to it.

    Where every vote on a comparison, or of a worker, is the only one, the other adds all. Raises BadPlan where neither can.
    """
    more = {"comparison": plan.votes - 1, "worker": plan.votes_per_worker - 1}
    able = [name for name, others in more.items() if others > NOTHING]
    if design_effect < 1 or (design_effect > 1 and not able):
        raise BadPlan(f"A design effect of {design_effect:g} cannot be: it is from 1 up, and 1 where nobody votes twice.")
    found = {name: (design_effect - 1) / len(able) / others if name in able else 0.0 for name, others in more.items()}
    if sum(found.values()) > 1:
        raise BadPlan(
            f"Votes would have to depend on each other more than wholly for a design effect of {design_effect:g} with "
            f"{plan.votes} votes on each comparison and {plan.votes_per_worker:.1f} by each worker. Assume a smaller one."
        )
    return Correlations(**found)


# Measured on simulated votes with crossed effects: 2.7 for 100 comparisons × 10 votes by 60 workers (docs/statistics.md).
USUAL_PLAN, USUAL_DESIGN_EFFECT = Plan(100, 10, 60), 2.7
USUAL = correlations_of(USUAL_DESIGN_EFFECT, USUAL_PLAN)


@dataclass(frozen=True)
class Assumptions:
    """How votes will fall and how they will depend on each other, and how strict the test is.

    tests: the family over which Holm adjusts. A difference beside others that are none is found as often as by the first of
    Holm's steps, at level / tests.
    """

    split: Split
    correlations: Correlations
    tests: int = 1
    level: float = 0.05

    def with_difference(self, difference: float) -> "Assumptions":
        return Assumptions(self.split.with_difference(difference), self.correlations, self.tests, self.level)


def power(plan: Plan, assumed: Assumptions) -> float:
    """How probable it is that the report calls the difference significant, 0 to 1."""
    freedom = min(plan.comparisons, plan.workers) - 1
    critical = float(stdtrit(freedom, 1 - assumed.level / assumed.tests / 2))
    error = sqrt(assumed.split.variance * assumed.correlations.design_effect(plan) / plan.total)
    if error < NOTHING:
        return 1.0
    away, errors = abs(assumed.split.difference) / error, critical * _errors(freedom)
    return float((ndtr(away - errors) + ndtr(-away - errors)).mean())


@lru_cache(maxsize=256)
def _errors(freedom: int) -> FloatArray:
    """Quantiles of an estimated standard error over the true one."""
    return np.asarray(np.sqrt(chdtri(freedom, QUANTILES) / freedom))


def smallest_difference(plan: Plan, assumed: Assumptions, wanted: float = 0.8) -> float | None:
    """The smallest difference (0 to 1) that the plan sees with the wanted power; None where even the greatest is missed."""

    def lacking(difference: float) -> float:
        return power(plan, assumed.with_difference(difference)) - wanted

    decided = assumed.split.decided
    if lacking(decided) < 0:
        return None
    return float(brentq(lacking, 0.0, decided, xtol=1e-6))


def comparisons_needed(plan: Plan, assumed: Assumptions, wanted: float = 0.8) -> int | None:
    """So many, with the plan's votes on each and workers who vote as often, for the wanted power; None where none suffice."""
    return _fewest(2, lambda number: power(plan.resized(number, plan.votes), assumed) >= wanted)


def votes_needed(plan: Plan, assumed: Assumptions, wanted: float = 0.8) -> int | None:
    """So many on each of the plan's comparisons; None where no number makes up for the comparisons that are too few."""
    return _fewest(1, lambda number: power(plan.resized(plan.comparisons, number), assumed) >= wanted)


def _fewest(least: int, suffices: Callable[[int], bool]) -> int | None:
    """The smallest number that suffices, by doubling and then halving."""
    enough = least
    while not suffices(enough):
        if enough >= MOST:
            return None
        enough *= 2
    too_few = max(enough // 2, least - 1)
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        enough, too_few = (middle, too_few) if suffices(middle) else (enough, middle)
    return enough
