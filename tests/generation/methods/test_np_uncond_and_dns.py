"""Two rules that are diffusers' guidance at another scale.

Koulischer et al. 2025, eq. 6, and Desai & Vasconcelos 2024, §1, in its swapped form.
"""

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from torch import Tensor

from generation.checkpoints import Loaded
from generation.methods import dns, np_uncond
from generation.methods.rule import EMPTY, NEGATIVE, PROMPT
from generation.sampler import Row, sample_latents

PROMPT_TEXT = "a red ring and a star"


@pytest.fixture(scope="module")
def pipeline(tiny_folder: Path) -> Any:
    loaded: Any = StableDiffusionPipeline.from_pretrained(tiny_folder)
    loaded.set_progress_bar_config(disable=True)
    return loaded


def by_diffusers(pipeline: Any, prompt: str, negative: str, scale: float) -> Tensor:
    generator = torch.Generator().manual_seed(5)
    drawn: Tensor = pipeline(
        prompt,
        negative_prompt=negative,
        guidance_scale=scale,
        num_inference_steps=41,
        generator=generator,
        output_type="latent",
    ).images
    return drawn


def ours(tiny: Loaded, method: str, **settings: Any) -> Tensor:
    return sample_latents(tiny.denoiser, [Row(PROMPT_TEXT, 5, method, settings, "ddim", 41, 64)])


def test_dns_is_the_pipeline_with_the_prompts_swapped(tiny: Loaded, pipeline: Any) -> None:
    expected = by_diffusers(pipeline, "", PROMPT_TEXT, 4.0)
    torch.testing.assert_close(ours(tiny, "dns", scale=4.0), expected, rtol=0, atol=1e-4)


def test_dns_is_cfg_at_one_minus_its_scale(tiny: Loaded) -> None:
    torch.testing.assert_close(ours(tiny, "dns", scale=4.0), ours(tiny, "cfg", scale=-3.0), rtol=0, atol=1e-4)


def test_np_uncond_is_a_negative_prompt_at_one_plus_lambda(tiny: Loaded, pipeline: Any) -> None:
    expected = by_diffusers(pipeline, PROMPT_TEXT, "pale", 2.7)
    torch.testing.assert_close(ours(tiny, "np_uncond", scale=1.7, negative="pale"), expected, rtol=0, atol=1e-4)


def test_the_rules_by_hand() -> None:
    low, high = torch.full((1, 2, 2), 1.0), torch.full((1, 2, 2), 3.0)
    pushed = np_uncond.guide({PROMPT: low, NEGATIVE: high}, np_uncond.Settings(scale=0.5, negative="fog"))
    assert torch.equal(pushed, torch.zeros(1, 2, 2))  # 1 − .5 · (3 − 1)
    opposite = dns.guide({PROMPT: low, EMPTY: high}, dns.Settings(scale=2.0))
    assert torch.equal(opposite, torch.full((1, 2, 2), 5.0))  # 1 + 2 · (3 − 1)
