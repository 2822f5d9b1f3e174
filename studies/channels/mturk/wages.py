"""What workers earned in an hour, and what would make it fair.

Time is Mechanical Turk's own, from accepting an assignment to handing it in. Whoever accepts several HITs and lets them wait
looks slower than they were; what that costs is paid to workers, not taken from them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

HOUR = 3600


@dataclass(frozen=True)
class Work:
    """One assignment that is approved or waits for a decision: seconds, and cents with bonuses, without fees."""

    worker: int
    seconds: float
    cents: int


@dataclass(frozen=True)
class Wage:
    """A worker's assignments together; `hourly` in cents."""

    worker: int
    assignments: int
    seconds: float
    cents: int

    @property
    def hourly(self) -> float:
        return self.cents * HOUR / max(self.seconds, 1.0)


@dataclass(frozen=True)
class Wages:
    """The wages of a posting, the lowest first; `median` and `tenth` percentile over workers, in cents an hour."""

    workers: tuple[Wage, ...]
    median: float
    tenth: float


def wages_of(work: Iterable[Work]) -> Wages | None:
    """The hourly wage of each worker; None without any work. Percentiles as numpy's default, linear between workers."""
    by_worker: dict[int, list[Work]] = {}
    for one in work:
        by_worker.setdefault(one.worker, []).append(one)
    if not by_worker:
        return None
    wages = sorted((_wage(worker, done) for worker, done in by_worker.items()), key=lambda wage: (wage.hourly, wage.worker))
    median, tenth = np.percentile([wage.hourly for wage in wages], [50, 10])
    return Wages(tuple(wages), float(median), float(tenth))


def top_ups(wages: Wages, target_cents: int) -> Mapping[int, int]:
    """For each worker below an hourly wage, the bonus in whole cents, rounded up, that lifts the worker to it."""
    missing = {wage.worker: math.ceil(target_cents * wage.seconds / HOUR - wage.cents) for wage in wages.workers}
    return {worker: cents for worker, cents in missing.items() if cents > 0}


def _wage(worker: int, done: Sequence[Work]) -> Wage:
    return Wage(worker, len(done), sum(one.seconds for one in done), sum(one.cents for one in done))
