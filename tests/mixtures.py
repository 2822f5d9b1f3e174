"""A Gaussian mixture of three components in two dimensions, under the noise levels of Stable Diffusion."""

import torch

from generation.denoisers.gaussian_mixture import GaussianMixture

LEVELS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def three_components() -> GaussianMixture:
    return GaussianMixture(
        names=("a", "b", "c"),
        means=torch.tensor([[-2.0, 0.0], [1.0, 1.5], [2.0, -1.0]], dtype=torch.float64),
        deviations=torch.tensor([0.3, 0.5, 0.4], dtype=torch.float64),
        weights=torch.tensor([0.2, 0.5, 0.3], dtype=torch.float64),
        scheduler_config=LEVELS,
    )
