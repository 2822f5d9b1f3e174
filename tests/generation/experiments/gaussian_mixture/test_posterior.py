import pytest

from generation.experiments.gaussian_mixture.mixtures import FORBIDDEN, STEPS, line, weight
from generation.experiments.gaussian_mixture.posterior import Tracking, track

LINE = line()


@pytest.fixture(scope="module")
def tracking() -> Tracking:
    return track(LINE, points=300, seed=0)


def test_the_tracked_posterior_is_the_exact_one_in_the_mean_of_both_groups(tracking: Tracking) -> None:
    """Koulischer et al. 2025, Fig. 3a: T = 1000, λ = 0, τ = 1, δ = 0."""
    assert len(tracking.timesteps) == STEPS == 1000
    assert tracking.forbidden.largest_difference < 0.05
    assert tracking.allowed.largest_difference < 0.05


def test_both_groups_begin_at_the_prior_and_end_apart(tracking: Tracking) -> None:
    assert tracking.forbidden.tracked[0] == pytest.approx(weight(LINE, FORBIDDEN)) == pytest.approx(0.3)
    assert tracking.forbidden.exact[0] == pytest.approx(0.3, abs=0.01)
    assert tracking.forbidden.exact[-1] > 0.99 > 0.01 > tracking.allowed.exact[-1]
    assert tracking.forbidden.tracked[-1] > 0.9 > 0.01 > tracking.allowed.tracked[-1]


def test_the_groups_are_all_points(tracking: Tracking) -> None:
    assert tracking.forbidden.points + tracking.allowed.points == 300
    assert tracking.forbidden.points == pytest.approx(90, abs=24)  # three times √(300 · .3 · .7)
