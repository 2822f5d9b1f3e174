"""The fields of each rule around three memorised points of the plane: Figs 7 to 9 of the paper (App. A).

A rule's total field is its guided score, −ε/√(1 − ᾱ); its guidance term is what it adds to the unconditional score.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generation.denoisers.gaussian_mixture import GaussianMixture
from generation.experiments import rows
from generation.experiments.gaussian_mixture.mixtures import FORBIDDEN, REMAINING
from generation.methods import cfg, dng, np_uncond
from generation.methods.rule import EMPTY, NEGATIVE, PROMPT, Level

LEVEL = Level(0, 0.85)  # late enough for the points to be apart, early enough for fields to reach from one to the next
SCALE = 1.0  # λ
NEAR = 0.3  # of a point: within that distance
RULES = ("cfg", "np", "dng")  # Figs 7, 8 and 9


@dataclass(frozen=True, eq=False)
class Field:
    """A rule's guidance term and total field at each place, shape (places, 2)."""

    rule: str
    guidance: NDArray[np.float64]
    total: NDArray[np.float64]


@dataclass(frozen=True)
class Strength:
    """The mean length of a rule's guidance term near the forbidden point and near the others."""

    rule: str
    near_forbidden: float
    near_others: float


def grid(half_width: float, across: int) -> Tensor:
    """Places of a square around the middle of the plane, row by row from below, shape (across², 2, 1, 1)."""
    axis = torch.linspace(-half_width, half_width, across, dtype=torch.float64)
    return torch.cartesian_prod(axis, axis).flip(1)[:, :, None, None]


def unconditional(mixture: GaussianMixture, places: Tensor) -> NDArray[np.float64]:
    """The score of all points, shape (places, 2)."""
    return _score(_predict(mixture, places, ""))


def fields(mixture: GaussianMixture, places: Tensor) -> list[Field]:
    """Of CFG towards the other points, and of NP and DNG with the exact posterior away from the forbidden one."""
    everything, negative = _predict(mixture, places, ""), _predict(mixture, places, FORBIDDEN)
    towards = {EMPTY: everything, PROMPT: _predict(mixture, places, REMAINING)}
    away = {PROMPT: everything, NEGATIVE: negative}
    odds = rows.column(mixture.log_odds(places, LEVEL, FORBIDDEN).exp(), everything)
    guided = {
        "cfg": cfg.guide(towards, cfg.Settings(scale=SCALE)),
        "np": np_uncond.guide(away, np_uncond.Settings(negative=FORBIDDEN, scale=SCALE)),
        "dng": dng.lead_away(everything, negative, SCALE * odds),
    }
    return [Field(rule, _score(eps - everything), _score(eps)) for rule, eps in guided.items()]


def strengths(mixture: GaussianMixture) -> list[Strength]:
    """Of each rule, over places around the points where the level's noise has moved them to."""
    offsets = grid(NEAR, 21)
    offsets = offsets[offsets.flatten(1).norm(dim=1) <= NEAR]
    around = [offsets + math.sqrt(LEVEL.alpha) * mean[:, None, None] for mean in mixture.means]
    near = [[_length(field) for field in fields(mixture, places)] for places in around]
    return [Strength(rule, near[0][i], (near[1][i] + near[2][i]) / 2) for i, rule in enumerate(RULES)]


def _length(field: Field) -> float:
    return float(np.linalg.norm(field.guidance, axis=1).mean())


def _predict(mixture: GaussianMixture, places: Tensor, text: str) -> Tensor:
    return mixture.predict(places, [LEVEL] * len(places), [mixture.encode([text])[text]] * len(places))


def _score(eps: Tensor) -> NDArray[np.float64]:
    return np.asarray((-eps / math.sqrt(1 - LEVEL.alpha)).flatten(1).numpy())
