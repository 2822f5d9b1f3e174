import numpy as np
import pytest
import torch
from scipy.stats import norm, wasserstein_distance

from generation.experiments.gaussian_mixture.guided import distance_to, draw_all, reached
from generation.experiments.gaussian_mixture.mixtures import FORBIDDEN, REMAINING, density, line, weight

LINE = line()


@pytest.fixture(scope="module")
def drawn() -> dict[str, torch.Tensor]:
    return draw_all(LINE, points=400, seed=0, steps=100)


def test_the_exact_posterior_leads_every_point_where_guidance_towards_the_others_does(drawn: dict[str, torch.Tensor]) -> None:
    """Koulischer et al. 2025, eq. 17 and Fig. 1."""
    torch.testing.assert_close(drawn["dng, exact"], drawn["cfg"], rtol=0, atol=1e-9)


def test_dynamic_guidance_reaches_the_target_and_a_constant_one_does_not(drawn: dict[str, torch.Tensor]) -> None:
    """Figs 1 and 3b: NP leaves the modes that it should keep; DNG, with either posterior, does not."""
    distances = {rule: reached(LINE, rule, points).distance for rule, points in drawn.items()}
    assert max(distances["dng, exact"], distances["dng, tracked"]) < 0.2 < 1 < distances["np"]
    assert reached(LINE, "dng, tracked", drawn["dng, tracked"]).forbidden < 0.05 < weight(LINE, FORBIDDEN)


def test_without_guidance_the_forbidden_mode_has_its_weight(drawn: dict[str, torch.Tensor]) -> None:
    assert reached(LINE, "none", drawn["none"]).forbidden == pytest.approx(0.3, abs=0.07)  # three times √(.3 · .7/400)


def test_the_distance_is_that_of_scipy() -> None:
    points = np.random.default_rng(0).normal(1.0, 0.7, 300)
    quantiles = (np.arange(20_000) + 0.5) / 20_000
    target = np.concatenate([norm(0.6, 0.3).ppf(quantiles), norm(2.0, 0.4).ppf(quantiles)])
    shares = np.repeat([0.3 / 0.7, 0.4 / 0.7], 20_000)
    assert distance_to(LINE, REMAINING, points) == pytest.approx(wasserstein_distance(points, target, None, shares), abs=1e-3)


def test_the_density_is_of_the_components_alone() -> None:
    places = np.linspace(-6, 6, 5001)
    assert np.trapezoid(density(LINE, REMAINING, places), places) == pytest.approx(1)
    assert density(LINE, FORBIDDEN, np.array([-2.0]))[0] == pytest.approx(norm.pdf(0) / 0.3)


def test_a_seed_always_draws_the_same_points(drawn: dict[str, torch.Tensor]) -> None:
    again = draw_all(LINE, points=400, seed=0, steps=100)
    assert all(torch.equal(again[rule], points) for rule, points in drawn.items())
