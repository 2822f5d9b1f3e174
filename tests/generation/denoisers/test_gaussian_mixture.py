import math

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from torch import Tensor

from generation.methods.rule import Level
from generation.sampler import Row, sample_latents
from tests.mixtures import three_components

MIXTURE = three_components()
LEVEL = Level(500, 0.6)
POINT = torch.tensor([0.3, -0.8], dtype=torch.float64)


def density(point: np.ndarray, component: int, alpha: float) -> float:
    """w_k N(x; √ᾱ m_k, (ᾱ s_k² + 1 − ᾱ) I), by scipy."""
    mean = math.sqrt(alpha) * MIXTURE.means[component].numpy()
    variance = alpha * float(MIXTURE.deviations[component]) ** 2 + 1 - alpha
    return float(MIXTURE.weights[component]) * float(multivariate_normal(mean, variance).pdf(point))


def log_density(point: Tensor, components: list[int], alpha: float) -> Tensor:
    """The same as a sum that autograd can follow."""
    densities = []
    for k in components:
        variance = alpha * MIXTURE.deviations[k] ** 2 + 1 - alpha
        square = (point - math.sqrt(alpha) * MIXTURE.means[k]).square().sum()
        densities.append(MIXTURE.weights[k] / (2 * math.pi * variance) * torch.exp(-square / (2 * variance)))
    return torch.log(torch.stack(densities).sum())


@pytest.mark.parametrize(("text", "components"), [("", [0, 1, 2]), ("a", [0]), ("b, c", [1, 2])])
def test_the_noise_is_minus_root_one_minus_alpha_times_the_score(text: str, components: list[int]) -> None:
    point = POINT.clone().requires_grad_()
    (score,) = torch.autograd.grad(log_density(point, components, LEVEL.alpha), point)
    (noise,) = MIXTURE.predict(POINT[None, :, None, None], [LEVEL], [MIXTURE.encode([text])[text]])
    torch.testing.assert_close(noise.flatten(), -math.sqrt(1 - LEVEL.alpha) * score, rtol=1e-12, atol=1e-12)


def test_the_log_odds_are_those_of_the_densities() -> None:
    a, b, c = (density(POINT.numpy(), k, LEVEL.alpha) for k in range(3))
    (odds,) = MIXTURE.log_odds(POINT[None], LEVEL, "a").tolist()
    assert odds == pytest.approx(math.log(a / (b + c)), abs=1e-12)


def test_rows_at_levels_and_under_components_of_their_own_are_predicted_as_alone() -> None:
    points = torch.randn(4, 2, 1, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    levels = [Level(timestep, alpha) for timestep, alpha in ((900, 0.1), (500, 0.6), (500, 0.6), (10, 0.99))]
    masks = MIXTURE.encode(["", "a"])
    conditionings = [masks[text] for text in ("", "a", "", "a")]
    together = MIXTURE.predict(points, levels, conditionings)
    alone = [MIXTURE.predict(points[i : i + 1], levels[i : i + 1], conditionings[i : i + 1]) for i in range(4)]
    torch.testing.assert_close(together, torch.cat(alone), rtol=1e-12, atol=1e-12)


def test_an_unknown_component_is_refused() -> None:
    with pytest.raises(KeyError, match="no d; its components are a, b, c"):
        MIXTURE.encode(["a, d"])


def test_guidance_at_scale_one_draws_from_the_component_that_is_asked_for() -> None:
    rows = [Row("a", seed, "cfg", {"scale": 1}, "ddim", 41, 1) for seed in range(50)]
    points = sample_latents(MIXTURE, rows)
    torch.testing.assert_close(
        points.mean(0).flatten(), MIXTURE.means[0], rtol=0, atol=0.15
    )  # 3.5 standard errors: .3/√50 each
    assert points.dtype == torch.float64
