"""Safe latent diffusion against StableDiffusionPipelineSafe, and its class removal by hand.

Both run in float64: where a difference comes near its threshold, rounding in float32 would switch the guidance of a cell.
"""

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.pipelines.deprecated.stable_diffusion_safe import SafetyConfig
from diffusers.pipelines.deprecated.stable_diffusion_safe.pipeline_stable_diffusion_safe import StableDiffusionPipelineSafe
from torch import Tensor

from generation.denoisers.stable_diffusion import StableDiffusion
from generation.methods import complete, parse, sld
from generation.methods.rule import EMPTY, PROMPT, SAFETY
from generation.sampler import Row, sample_latents

PRESETS = {"weak": SafetyConfig.WEAK, "medium": SafetyConfig.MEDIUM, "strong": SafetyConfig.STRONG, "max": SafetyConfig.MAX}
CONCEPT = "a moon"

pytestmark = pytest.mark.filterwarnings("ignore:The decode_latents method is deprecated:FutureWarning:diffusers")


@pytest.fixture(scope="module")
def pipeline(tiny_folder: Path) -> Any:
    loaded: Any = StableDiffusionPipelineSafe.from_pretrained(tiny_folder).to(torch.float64)
    loaded.set_progress_bar_config(disable=True)
    loaded.safety_concept = CONCEPT
    return loaded


@pytest.fixture(scope="module")
def denoiser(pipeline: Any) -> StableDiffusion:
    parts = {part: getattr(pipeline, part) for part in ("tokenizer", "text_encoder", "unet", "vae")}
    return StableDiffusion(**parts, scheduler_config=pipeline.scheduler.config, precision=torch.float64)


def by_diffusers(pipeline: Any, preset: str) -> Tensor:
    """The last latents, which this pipeline tells its callback alone; from the noise of seed 5, drawn in float32."""
    seen: list[Tensor] = []
    pipeline(
        "a red ring and a star",
        guidance_scale=7.5,
        num_inference_steps=41,
        latents=torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(5)).double(),
        output_type="np",
        callback=lambda _step, _timestep, latents: seen.append(latents[0]),
        **PRESETS[preset],
    )
    return seen[-1]


def row(method: str, **settings: Any) -> Row:
    return Row("a red ring and a star", 5, method, settings, "ddim", 41, 64)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_equals_the_pipeline_of_diffusers(denoiser: StableDiffusion, pipeline: Any, preset: str) -> None:
    safe, plain = sample_latents(denoiser, [row("sld", preset=preset, concept=CONCEPT), row("cfg")])
    torch.testing.assert_close(safe, by_diffusers(pipeline, preset), rtol=0, atol=1e-8)
    assert (safe - plain).abs().max() > 0.01  # otherwise the guidance would not have been tested


def test_class_removal_by_hand() -> None:
    settings = parse(sld.Settings, {"preset": "class_removal", "concept": "zero"})
    base, near, far = torch.tensor([[[1.0, 1.0]]]), torch.tensor([[[0.999, 0.9]]]), sld.Momentum(0, 0.0)
    eps = {EMPTY: base, PROMPT: base, SAFETY: near}
    # difference (.001, .1); only the first is under θ = .04; μ = min(1, .001 · 100) = .1; γ = .1 · (−.001)
    torch.testing.assert_close(sld.safety_guidance(eps, far, settings), torch.tensor([[[-1e-4, 0.0]]]), rtol=1e-3, atol=1e-9)
    torch.testing.assert_close(sld.guide(eps, far, settings), torch.tensor([[[1 + 0.5e-4, 1.0]]]))  # ε_∅ − λ₀ γ, λ₀ = .5


def test_momentum_carries_a_part_of_the_last_guidance() -> None:
    settings = parse(sld.Settings, {"preset": "medium"})
    eps = {EMPTY: torch.zeros(1, 1, 1), PROMPT: torch.zeros(1, 1, 1), SAFETY: torch.full((1, 1, 1), 0.5)}
    gamma = sld.safety_guidance(eps, sld.Momentum(3, torch.full((1, 1, 1), 2.0)), settings)
    assert gamma.item() == pytest.approx(0.5 + 0.3 * 2)  # μ = 1, s_m = .3


def test_a_preset_gives_way_to_what_is_set_beside_it_and_is_stored_as_its_numbers() -> None:
    completed = complete("sld", {"preset": "max", "warmup": 3})
    assert (completed["warmup"], completed["safety_scale"], completed["momentum_decay"]) == (3, 5000.0, 0.7)
    assert "preset" not in completed
    assert complete("sld", completed) == completed
