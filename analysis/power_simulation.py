"""Simulated studies with crossed effects of comparisons and workers, tested as the report tests.

Behind each score is a normal variable that a worker cuts at two points, z = √λ_c u_c + √λ_w u_w + √(1 − λ_c − λ_w) e with a u_c
for each comparison and a u_w for each worker (an ordered probit: McKelvey & Zavoina, 1975); above one point the vote is for a,
below the other for b. λ_c and λ_w are found so that scores are correlated as assumed.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, stdtr

from analysis.inference import NO_VARIANCE
from analysis.power import Assumptions, BadPlan, Plan, Split
from analysis.study_votes import FloatArray, IntArray

SIMULATIONS, FEWEST = 2_000, 250
VOTES_AT_ONCE, MOST_VOTES = 1_000_000, 5_000_000  # bound the memory, and the time for large studies
U = ndtri((np.arange(2_000) + 0.5) / 2_000)  # a standard normal variable by its quantiles
UTMOST = 1 - 1e-6
FARTHEST = 40.0  # standard deviations; nobody is beyond


@dataclass(frozen=True)
class Simulated:
    """The share of simulated studies in which the difference was significant, 0 to 1, of how many."""

    power: float
    simulations: int

    @property
    def error(self) -> float:
        """The standard error of the power."""
        return sqrt(max(self.power * (1 - self.power), 1 / self.simulations) / self.simulations)


@lru_cache(maxsize=64)  # a report comes back to the same studies
def simulated_power(plan: Plan, assumed: Assumptions, simulations: int, seed: int) -> Simulated:
    """As many simulations as asked for, fewer for large studies. Raises BadPlan where scores cannot be correlated so."""
    rng = np.random.default_rng(seed)
    simulations = min(simulations, max(FEWEST, MOST_VOTES // plan.total))
    worker, at_once = workers_of(plan, rng), max(1, VOTES_AT_ONCE // plan.total)
    sizes = [min(at_once, simulations - done) for done in range(0, simulations, at_once)]
    p = np.concatenate([p_values(simulated_scores(plan, assumed, worker, size, rng), worker) for size in sizes])
    others = rng.uniform(size=(simulations, assumed.tests - 1))
    return Simulated(float((holm_adjusted(p, others) <= assumed.level).mean()), simulations)


def workers_of(plan: Plan, rng: np.random.Generator) -> IntArray:
    """Who votes on each comparison, shape (comparisons, votes): all workers in random order, then all in another, and so on.

    Who has had a comparison comes last in the next round if that goes on with it.
    """
    dealt = np.zeros(0, np.int64)
    while len(dealt) < plan.total:
        begun = dealt[len(dealt) - len(dealt) % plan.votes :]
        round_ = rng.permutation(plan.workers)
        again = np.isin(round_, begun)
        dealt = np.concatenate([dealt, round_[~again], round_[again]])
    return dealt[: plan.total].reshape(plan.comparisons, plan.votes)


def simulated_scores(plan: Plan, assumed: Assumptions, worker: IntArray, studies: int, rng: np.random.Generator) -> FloatArray:
    """+1, 0 or −1 for each vote, shape (studies, comparisons, votes)."""
    of_comparison, of_worker = latent_correlations(assumed)
    z = rng.standard_normal((studies, plan.comparisons, plan.votes)) * sqrt(max(1 - of_comparison - of_worker, 0.0))
    z += rng.standard_normal((studies, plan.comparisons, 1)) * sqrt(of_comparison)
    z += (rng.standard_normal((studies, plan.workers)) * sqrt(of_worker))[:, worker]
    low, high = _cuts(assumed.split)
    return (z > high).astype(np.float64) - (z < low)


def p_values(scores: FloatArray, worker: IntArray) -> FloatArray:
    """Of no difference, for each study, shape (studies,), as `analysis.inference.differences` has it for one.

    scores: shape (studies, comparisons, votes). worker: shape (comparisons, votes), codes from 0, none left out.
    """
    studies, comparisons, votes = scores.shape
    total, workers = comparisons * votes, int(worker.max()) + 1
    mean = scores.mean(axis=(1, 2))
    error = (scores - mean[:, None, None]) / total
    by_worker, codes = error.reshape(studies, total)[:, np.argsort(worker, axis=None)], np.sort(worker, axis=None)
    of_workers = np.add.reduceat(by_worker, np.flatnonzero(np.diff(codes, prepend=-1)), axis=1)
    naive = _corrected((error**2).sum(axis=(1, 2)), total)
    clustered = _corrected((error.sum(axis=2) ** 2).sum(axis=1), comparisons) + _corrected((of_workers**2).sum(axis=1), workers)
    variance, clusters = np.maximum(clustered - naive, naive), min(comparisons, workers)
    varies = variance > NO_VARIANCE
    t = np.abs(mean) / np.sqrt(np.where(varies, variance, 1))
    unanimous = np.where(mean != 0, 2.0 ** (1 - clusters), 1.0)  # the sign test of the scarcer clusters
    return np.asarray(np.where(varies, 2 * stdtr(clusters - 1, -t), unanimous))


def holm_adjusted(p: FloatArray, others: FloatArray) -> FloatArray:
    """p adjusted beside the others of its family as Holm (1979) does; shapes (studies,) and (studies, tests − 1)."""
    family = np.sort(np.column_stack([p, others]), axis=1)
    steps = np.maximum.accumulate(family * np.arange(family.shape[1], 0, -1), axis=1)
    return np.asarray(steps[np.arange(len(p)), (family < p[:, None]).sum(axis=1)].clip(max=1))


def latent_correlations(assumed: Assumptions) -> tuple[float, float]:
    """λ_c and λ_w. Raises BadPlan where both together are more than all there is."""
    wanted = (assumed.correlations.comparison, assumed.correlations.worker)
    of_comparison, of_worker = (_latent(assumed.split, correlation) for correlation in wanted)
    if of_comparison + of_worker > 1:
        raise BadPlan("Votes cannot depend on each other so strongly. Assume a smaller design effect, or plan more votes.")
    return of_comparison, of_worker


def _latent(split: Split, correlation: float) -> float:
    def lacking(latent: float) -> float:
        return _covariance(split, latent) - correlation * split.variance

    if correlation <= 0 or split.variance <= 0:
        return 0.0
    return float(brentq(lacking, 0.0, UTMOST, xtol=1e-6)) if lacking(UTMOST) > 0 else UTMOST


def _covariance(split: Split, latent: float) -> float:
    """Of two scores whose latent variables share the part √λ u."""
    (low, high), rest = _cuts(split), sqrt(1 - latent)
    expected = ndtr((sqrt(latent) * U - high) / rest) - ndtr((low - sqrt(latent) * U) / rest)
    return float(np.mean(expected**2) - split.difference**2)


def _cuts(split: Split) -> tuple[float, float]:
    """Below the first the vote is for b, above the second for a."""
    low, high = ndtri(min(split.second, 1.0)), -ndtri(min(split.first, 1.0))
    return float(np.clip(low, -FARTHEST, FARTHEST)), float(np.clip(max(low, high), -FARTHEST, FARTHEST))


def _corrected(squares: FloatArray, clusters: int) -> FloatArray:
    return squares * (clusters / (clusters - 1))
