"""Dynamic negative guidance: by hand, against a transcription of algorithms 1 and 2, and against an exact posterior."""

import dataclasses
import math
from typing import Any

import pytest
import torch
from torch import Tensor

from generation.checkpoints import Loaded
from generation.denoisers import Denoiser
from generation.methods import BadSettings, UnfitScheduler, dng, parse
from generation.methods.rule import EMPTY, NEGATIVE, PROMPT, Level, Moment, Step
from generation.sampler import Row, run
from generation.schedulers import levels, start
from tests.mixtures import three_components

SETTINGS = dng.Settings(negative="n", prior=0.1, temperature=1.0, offset=0.0)

# One dimension, ᾱ_t = .5, ᾱ_{t−1} = .8, x_t = x_{t−1} = 1, ε_p = 0, ε_n = 1. Then α_t = .625, 1 − α_t = .375 and
# μ_p = 1/√.625 = 1.2649111, μ_n = (1 − .375/√.5)/√.625 = .5940910;
# ‖x − μ_n‖² = .1647621, ‖x − μ_p‖² = .0701779, their difference .0945842.
MOMENT = Moment(0, (Level(500, 0.5), Level(200, 0.8)), torch.ones(1, 1, 1))
STEP = Step(MOMENT, {PROMPT: torch.zeros(1, 1, 1), NEGATIVE: torch.ones(1, 1, 1)}, torch.ones(1, 1, 1))
FURTHER = 0.0945842


@pytest.mark.parametrize(
    ("changes", "change"),
    [
        ({}, -FURTHER / 0.75),  # σ² = .375
        ({"temperature": 0.2}, -0.2 * FURTHER / 0.75),
        ({"offset": 0.003}, (0.003 - FURTHER) / 0.75),
        ({"variance": "posterior"}, -FURTHER / 0.3),  # σ² = .2/.5 · .375 = .15
    ],
)
def test_a_step_of_the_posterior_by_hand(changes: dict[str, Any], change: float) -> None:
    after = dng.after_step(math.log(0.1), STEP, dataclasses.replace(SETTINGS, **changes))
    assert after == pytest.approx(math.log(0.1) + change, abs=1e-6)


def test_squared_norms_are_sums_over_all_dimensions() -> None:
    wide = Step(
        dataclasses.replace(MOMENT, latent=torch.ones(4, 3, 3)),
        {PROMPT: torch.zeros(4, 3, 3), NEGATIVE: torch.ones(4, 3, 3)},
        torch.ones(4, 3, 3),
    )
    after = dng.after_step(math.log(0.1), wide, SETTINGS)
    assert after == pytest.approx(math.log(0.1) - 36 * FURTHER / 0.75, abs=1e-4)


@pytest.mark.parametrize(("offset", "clamped"), [(-1.0, 0.05), (1.0, 0.2)])
def test_the_posterior_stays_between_its_bounds(offset: float, clamped: float) -> None:
    bounded = dataclasses.replace(SETTINGS, offset=offset, least=0.05, most=0.2)
    assert dng.after_step(math.log(0.1), STEP, bounded) == pytest.approx(math.log(clamped))


def test_the_guidance_scale_is_lambda_0_times_the_odds() -> None:
    eps = {PROMPT: torch.full((1, 1, 1), 1.0), NEGATIVE: torch.full((1, 1, 1), 3.0)}
    settings = dng.Settings(negative="n", scale=18.0)
    assert dng.guide(eps, math.log(0.1), settings).item() == pytest.approx(1 - 18 / 9 * 2)  # .1/.9 = 1/9
    assert dng.trace(math.log(0.1), settings) == {"lambda": pytest.approx(2.0)}


def test_the_guided_base_is_cfg() -> None:
    eps = {EMPTY: torch.zeros(1, 1, 1), PROMPT: torch.ones(1, 1, 1), NEGATIVE: torch.full((1, 1, 1), 3.0)}
    guided = dng.Settings(negative="n", scale=18.0, base="guided", base_scale=4.0)
    assert dng.texts("p", guided)[EMPTY] == ""
    assert dng.guide(eps, math.log(0.1), guided).item() == pytest.approx(4 - 2 * (3 - 4))


def transcription(denoiser: Denoiser, row: Row) -> tuple[Tensor, list[float]]:
    """Algorithms 1 and 2 line by line in float64: x_0 and λ of every step. They share nothing with the loop but the levels."""
    settings = dng.Settings(**row.settings)
    path = levels(start(row.scheduler, denoiser.scheduler_config, row.evaluations))
    conditionings = denoiser.encode([row.prompt, settings.negative])
    generator = torch.Generator().manual_seed(row.seed)
    x = torch.randn(denoiser.latent_shape(row.size), generator=generator).double()
    p, scales = settings.prior, []
    for i, level in enumerate(path):
        previous = path[i + 1].alpha if i + 1 < len(path) else 1.0
        alpha, beta = level.alpha / previous, 1 - level.alpha / previous
        noise = [
            denoiser.predict(x[None].to(denoiser.precision), [level], [conditionings[text]])[0].double()
            for text in (row.prompt, settings.negative)
        ]
        scales.append(settings.scale * p / (1 - p))
        guided = noise[0] - scales[-1] * (noise[1] - noise[0])
        means = [(x - beta / math.sqrt(1 - level.alpha) * e) / math.sqrt(alpha) for e in (guided, *noise)]
        z = torch.randn(x.shape, generator=generator, dtype=denoiser.precision).double()
        after = means[0] + math.sqrt(beta) * z
        distance = [float((after - mean).square().sum()) for mean in means[1:]]
        p *= math.exp(-settings.temperature / (2 * beta) * (distance[1] - distance[0]) + settings.offset / (2 * beta))
        p, x = min(max(p, settings.least), settings.most), after
    return x, scales


@torch.no_grad()
@pytest.mark.parametrize("seed", range(3))
def test_the_loop_equals_the_algorithms_on_a_mixture(seed: int) -> None:
    mixture = three_components()
    row = Row("", seed, "dng", {"negative": "a", "scale": 2.0, "prior": 0.2, "temperature": 1.0}, "ddpm_large", 41, 1)
    (chain,) = run(mixture, [row], lambda: None)
    expected, scales = transcription(mixture, row)
    torch.testing.assert_close(chain.latent, expected, rtol=0, atol=1e-5)
    assert chain.traces["lambda"] == pytest.approx(scales, rel=1e-4)


@torch.no_grad()
def test_the_loop_equals_the_algorithms_on_a_unet(tiny: Loaded) -> None:
    row = Row("a red ring", 5, "dng", {"negative": "pale", "temperature": 0.3}, "ddpm_large", 41, 64)
    (chain,) = run(tiny.denoiser, [row], lambda: None)
    expected, scales = transcription(tiny.denoiser, row)
    torch.testing.assert_close(chain.latent.double(), expected, rtol=0, atol=1e-4)
    assert chain.traces["lambda"] == pytest.approx(scales, rel=1e-3)
    assert max(scales) > 2 * min(scales)  # otherwise little would have been tracked


@pytest.mark.parametrize("alpha", [0.01, 0.3, 0.8])
def test_the_exact_posterior_makes_it_guidance_towards_what_remains(alpha: float) -> None:
    """Koulischer et al. 2025, eq. 17, with the posterior as log-odds: ε + λ(ε_r − ε) = ε − λ p/(1 − p) (ε_f − ε)."""
    mixture, level = three_components(), Level(500, alpha)
    points = torch.randn(200, 2, 1, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    masks = mixture.encode(["", "a", "b, c"])
    everything, forbidden, remaining = (mixture.predict(points, [level] * 200, [mask] * 200) for mask in masks.values())
    towards = everything + 2.0 * (remaining - everything)
    odds = mixture.log_odds(points, level, "a").exp()[:, None, None, None]
    torch.testing.assert_close(dng.lead_away(everything, forbidden, 2.0 * odds), towards, rtol=0, atol=1e-6)


def test_it_holds_under_the_large_variance_alone(tiny: Loaded) -> None:
    with pytest.raises(UnfitScheduler, match="dng holds under ddpm_large alone, not under ddim"):
        run(tiny.denoiser, [Row("a ring", 5, "dng", {"negative": "pale"}, "ddim", 9, 64)], lambda: None)


def test_a_prior_outside_of_the_bounds_is_refused() -> None:
    with pytest.raises(BadSettings, match=r"“prior” must lie between “least” \(1e-06\) and “most” \(0\.05\), not 0\.1"):
        parse(dng.Settings, {"negative": "pale", "prior": 0.1, "most": 0.05})
