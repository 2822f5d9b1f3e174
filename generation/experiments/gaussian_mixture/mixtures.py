"""The mixtures of the study: on a line to be sampled, and in the plane to be looked at. The paper prints neither's numbers."""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import norm

from generation.denoisers.gaussian_mixture import GaussianMixture

# One timestep more than the steps made: the sampler's schedulers never evaluate timestep 0.
SCHEDULER = {"num_train_timesteps": 1001, "beta_start": 1e-4, "beta_end": 0.02, "beta_schedule": "linear"}
STEPS = 1000
FORBIDDEN, REMAINING = "forbidden", "left, right"


def line() -> GaussianMixture:
    """Three modes, the forbidden one apart from the others, so that it is plain which points are its own."""
    return GaussianMixture(
        names=("forbidden", "left", "right"),
        means=torch.tensor([[-2.0], [0.6], [2.0]], dtype=torch.float64),
        deviations=torch.tensor([0.3, 0.3, 0.4], dtype=torch.float64),
        weights=torch.tensor([0.3, 0.3, 0.4], dtype=torch.float64),
        scheduler_config=SCHEDULER,
    )


def plane() -> GaussianMixture:
    """Three memorised points: the forbidden one at the bottom, the other two above."""
    return GaussianMixture(
        names=("forbidden", "left", "right"),
        means=torch.tensor([[0.0, -1.0], [-0.9, 0.6], [0.9, 0.6]], dtype=torch.float64),
        deviations=torch.zeros(3, dtype=torch.float64),
        weights=torch.full((3,), 1 / 3, dtype=torch.float64),
        scheduler_config=SCHEDULER,
    )


def weight(mixture: GaussianMixture, text: str) -> float:
    """The share of the components that the text names."""
    return float(mixture.weights[mixture.encode([text])[text]].sum())


def density(mixture: GaussianMixture, text: str, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the components that the text names, on a line, before any noise."""
    return _mixed(mixture, text, [norm(mean, deviation).pdf(at) for mean, deviation in _components(mixture)])


def distribution(mixture: GaussianMixture, text: str, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of these components' points below each place of a line."""
    return _mixed(mixture, text, [norm(mean, deviation).cdf(at) for mean, deviation in _components(mixture)])


def _components(mixture: GaussianMixture) -> list[tuple[float, float]]:
    return list(zip(mixture.means[:, 0].tolist(), mixture.deviations.tolist(), strict=True))


def _mixed(mixture: GaussianMixture, text: str, values: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    weights = torch.where(mixture.encode([text])[text], mixture.weights, 0.0).numpy()
    return np.asarray(weights / weights.sum() @ np.stack(values))
