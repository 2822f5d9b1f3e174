"""Where each rule leads the points of a line: Fig. 1 of the paper with the exact posterior, Fig. 3b with the tracked one."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generation import schedulers
from generation.denoisers.gaussian_mixture import GaussianMixture
from generation.experiments import rows
from generation.experiments.gaussian_mixture.mixtures import FORBIDDEN, REMAINING, STEPS, distribution, weight
from generation.experiments.rows import SCHEDULER, Noise
from generation.methods import dng
from generation.methods.rule import NEGATIVE, PROMPT, Method, Predictions, Step

SCALE = 1.0  # λ of every rule
CELLS = 20_000  # of the line, to integrate over


@dataclass(frozen=True)
class Reached:
    """What a rule's points are like: the share in the forbidden mode, and how far they are from the target (Wasserstein-1)."""

    rule: str
    forbidden: float
    distance: float
    mean: float
    deviation: float


def noise(mixture: GaussianMixture, points: int, seed: int) -> Noise:
    """x_T of so many points and a generator for all their steps: the same for every rule."""
    generator = torch.Generator().manual_seed(seed)
    return Noise(torch.randn(points, *mixture.latent_shape(1), generator=generator).to(mixture.precision), generator)


def tracked_settings(mixture: GaussianMixture, scale: float) -> dict[str, Any]:
    """Dynamic negative guidance as derived: the true prior, no temperature and no offset."""
    return {"negative": FORBIDDEN, "scale": scale, "prior": weight(mixture, FORBIDDEN), "temperature": 1.0, "offset": 0.0}


def draw_all(mixture: GaussianMixture, points: int, seed: int, steps: int = STEPS) -> dict[str, Tensor]:
    """x_0 of each rule by its name, shape (points,), all from the same noise.

    Points that no rule leads away come first, under "none".
    """
    negative = {"negative": FORBIDDEN, "scale": SCALE}
    drawn = {
        "none": _draw(mixture, rows.find("cfg"), {"scale": 0.0}, points, seed, steps),
        "cfg": _draw(mixture, rows.find("cfg"), {"scale": SCALE}, points, seed, steps, prompt=REMAINING),
        "np": _draw(mixture, rows.find("np_uncond"), negative, points, seed, steps),
        "dng, exact": _draw(mixture, exact_dng(mixture, points, seed, steps), negative, points, seed, steps),
        "dng, tracked": _draw(mixture, rows.find("dng"), tracked_settings(mixture, SCALE), points, seed, steps),
    }
    return {rule: latents.flatten() for rule, latents in drawn.items()}


def _draw(
    mixture: GaussianMixture, rule: Method, given: Mapping[str, Any], points: int, seed: int, steps: int, prompt: str = ""
) -> Tensor:
    return rows.draw(mixture, rule, given, noise(mixture, points, seed), steps, prompt)


def exact_dng(mixture: GaussianMixture, points: int, seed: int, steps: int) -> Method:
    """Dynamic negative guidance told the mixture's own posterior (eq. 16): its state is log p/(1 − p) of each point."""
    start = noise(mixture, points, seed).start
    first = schedulers.levels(schedulers.start(SCHEDULER, mixture.scheduler_config, steps))[0]

    def begin(_settings: dng.Settings) -> Tensor:
        return mixture.log_odds(start, first, FORBIDDEN)

    def guide(eps: Predictions, odds: Tensor, settings: dng.Settings) -> Tensor:
        return dng.lead_away(eps[PROMPT], eps[NEGATIVE], settings.scale * rows.column(odds.exp(), eps[PROMPT]))

    def after_step(_odds: Tensor, step: Step, _settings: dng.Settings) -> Tensor:
        return mixture.log_odds(step.after, step.before.levels[step.before.index + 1], FORBIDDEN)

    return dataclasses.replace(rows.find("dng"), start=begin, guide=guide, after_step=after_step)


def reached(mixture: GaussianMixture, rule: str, points: Tensor) -> Reached:
    """points: x_0, shape (points,)."""
    forbidden = mixture.log_odds(points[:, None], rows.CLEAN, FORBIDDEN) > 0
    distance = distance_to(mixture, REMAINING, points.numpy())
    return Reached(rule, float(forbidden.double().mean()), distance, float(points.mean()), float(points.std()))


def distance_to(mixture: GaussianMixture, text: str, points: NDArray[np.float64]) -> float:
    """The Wasserstein-1 distance of points from the components that the text names: the area between distributions."""
    low, high = min(points.min(), -6.0), max(points.max(), 6.0)
    places = np.linspace(low, high, CELLS)
    below = np.searchsorted(np.sort(points), places, side="right") / len(points)
    return float(np.abs(below - distribution(mixture, text, places)).sum() * (places[1] - places[0]))
