"""All that is said of a planned study's power: numbers in closed form, and beside them what simulated studies say."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from scipy.special import ndtri

from analysis.power import MOST, Assumptions, Plan, comparisons_needed, power, smallest_difference, votes_needed
from analysis.power_simulation import Simulated, simulated_power

WANTED = (0.8, 0.9)
CURVE = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)  # of the planned comparisons
TRIES = 3
CERTAIN = 2.0  # standard errors of a simulated power
LARGEST = 20_000  # votes of a study that is simulated; the normal approximation is best where studies are large


@dataclass(frozen=True)
class Point:
    """A study of some size. power is in closed form, simulated_power from simulations; both 0 to 1.

    smallest: the difference in points that it sees with power .8, None where it sees none.
    """

    comparisons: int
    votes: int
    workers: int
    design_effect: float
    power: float
    simulated_power: float | None
    simulations: int
    smallest: float | None


@dataclass(frozen=True)
class Smallest:
    """The smallest difference that the planned study sees with the wanted power, in points; None where it sees none."""

    wanted: float
    points: float | None
    simulated_power: float | None


@dataclass(frozen=True)
class Needed:
    """The smallest study with the wanted power. approximate: its comparisons, or votes on each, in closed form.

    study: None where none is large enough. It is larger than the closed form says where too few simulations succeed.
    """

    wanted: float
    approximate: int | None
    study: Point | None


@dataclass(frozen=True)
class PowerReport:
    """difference: in points. false_alarms: how often simulated studies find a difference where there is none, 0 to 1."""

    difference: float
    planned: Point
    false_alarms: float | None
    smallest: tuple[Smallest, ...]
    comparisons_needed: tuple[Needed, ...]
    votes_needed: tuple[Needed, ...]
    curve: tuple[Point, ...]


def power_report(plan: Plan, assumed: Assumptions, simulations: int, seed: int) -> PowerReport:
    """assumed.split holds the difference that is looked for. Raises BadPlan where no votes can be simulated so."""
    ask = _Simulator(assumed, simulations, seed)
    numbers = sorted({max(2, round(part * plan.comparisons)) for part in CURVE})
    none = ask.simulated(plan, assumed.with_difference(0.0))
    return PowerReport(
        difference=100 * assumed.split.difference,
        planned=ask.point(plan),
        false_alarms=none.power if none else None,
        smallest=tuple(ask.smallest(plan, wanted) for wanted in WANTED),
        comparisons_needed=tuple(
            ask.needed(comparisons_needed(plan, assumed, wanted), wanted, lambda number: plan.resized(number, plan.votes))
            for wanted in WANTED
        ),
        votes_needed=tuple(
            ask.needed(votes_needed(plan, assumed, wanted), wanted, lambda number: plan.resized(plan.comparisons, number))
            for wanted in WANTED
        ),
        curve=tuple(ask.point(plan.resized(number, plan.votes)) for number in numbers),
    )


@dataclass(frozen=True)
class _Simulator:
    """Asks simulations about plans, all under the same assumptions."""

    assumed: Assumptions
    simulations: int
    seed: int

    def simulated(self, plan: Plan, assumed: Assumptions) -> Simulated | None:
        """None for a study too large."""
        return simulated_power(plan, assumed, self.simulations, self.seed) if plan.total <= LARGEST else None

    def point(self, plan: Plan) -> Point:
        found, least = self.simulated(plan, self.assumed), smallest_difference(plan, self.assumed)
        return Point(
            plan.comparisons,
            plan.votes,
            plan.workers,
            self.assumed.correlations.design_effect(plan),
            power(plan, self.assumed),
            found.power if found else None,
            found.simulations if found else 0,
            None if least is None else 100 * least,
        )

    def smallest(self, plan: Plan, wanted: float) -> Smallest:
        least = smallest_difference(plan, self.assumed, wanted)
        if least is None:
            return Smallest(wanted, None, None)
        found = self.simulated(plan, self.assumed.with_difference(least))
        return Smallest(wanted, 100 * least, found.power if found else None)

    def needed(self, approximate: int | None, wanted: float, plan_of: Callable[[int], Plan]) -> Needed:
        """From the number in closed form up to one with which enough simulations succeed."""
        if approximate is None:
            return Needed(wanted, None, None)
        number = approximate
        for _ in range(TRIES):
            found = self.simulated(plan_of(number), self.assumed)
            if found is None or found.power >= wanted - CERTAIN * found.error:
                break
            number = min(MOST, ceil(number * _larger(found.power, wanted, self.assumed)))
        return Needed(wanted, approximate, self.point(plan_of(number)))


def _larger(found: float, wanted: float, assumed: Assumptions) -> float:
    """How many times as large a study must be, if its power Φ(√n · effect − critical) is as found."""
    critical = -float(ndtri(assumed.level / assumed.tests / 2))
    has, needs = (float(ndtri(min(max(share, 0.01), 0.99))) + critical for share in (found, wanted))
    return (needs / has) ** 2
