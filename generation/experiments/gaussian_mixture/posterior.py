"""The tracked posterior beside the exact one, while points are drawn without guidance: Fig. 3a of the paper."""

from dataclasses import dataclass

import torch
from torch import Tensor

from generation.denoisers.gaussian_mixture import GaussianMixture
from generation.experiments import rows
from generation.experiments.gaussian_mixture.guided import noise, tracked_settings
from generation.experiments.gaussian_mixture.mixtures import FORBIDDEN, STEPS
from generation.experiments.rows import Here


@dataclass(frozen=True)
class Group:
    """The trajectories that end in the forbidden mode, or those that do not: means over them before each step."""

    points: int
    exact: list[float]
    tracked: list[float]
    largest_difference: float


@dataclass(frozen=True)
class Tracking:
    """timesteps: of the steps, from noise to image. forbidden, allowed: the groups."""

    timesteps: list[float]
    forbidden: Group
    allowed: Group


def track(mixture: GaussianMixture, points: int, seed: int, steps: int = STEPS) -> Tracking:
    """Means over the trajectories of each group of p(c₋|x_t), by eq. 16 and by algorithm 2 at λ = 0, τ = 1, δ = 0."""
    settings = tracked_settings(mixture, scale=0.0)
    timesteps, exact, tracked = [], [], []
    for here in rows.walk(mixture, rows.find("dng"), settings, noise(mixture, points, seed), steps):
        timesteps.append(here.level.timestep)
        exact.append(mixture.log_odds(here.latents, here.level, FORBIDDEN).sigmoid())
        tracked.append(_tracked(here))
    ends_forbidden = exact.pop() > 0.5  # after the last step, where the tracked posterior is told nothing more
    exact_of, tracked_of = torch.stack(exact), torch.stack(tracked[:-1])
    groups = [_group(exact_of[:, chosen], tracked_of[:, chosen]) for chosen in (ends_forbidden, ~ends_forbidden)]
    return Tracking(timesteps[:-1], *groups)


def _tracked(here: Here) -> Tensor:
    """p(c₋) of each row; before the first step it is the same for all."""
    posterior: Tensor = here.state.exp().expand(len(here.latents))
    return posterior


def _group(exact: Tensor, tracked: Tensor) -> Group:
    """exact, tracked: shape (steps, points)."""
    means = exact.mean(1), tracked.mean(1)
    difference = (means[0] - means[1]).abs().max()
    return Group(exact.shape[1], means[0].tolist(), means[1].tolist(), float(difference))
