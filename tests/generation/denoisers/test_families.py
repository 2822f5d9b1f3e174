"""Stable Diffusion 2.x and XL against the pipelines of diffusers on the same weights, seed and scheduler."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from torch import Tensor

from generation.checkpoints import load
from generation.denoisers.latent_diffusion import epsilon
from generation.denoisers.stable_diffusion_xl import StableDiffusionXL
from generation.methods.rule import Level
from generation.sampler import Row, sample, sample_latents
from generation.schedulers import SCHEDULERS, STABLE_DIFFUSION
from tests.tiny_families import build_tiny_sd2, build_tiny_sdxl

CFG = Row("a red ring and a star", 5, "cfg", {"scale": 7.5}, "ddim", 41, 64)
NEGATIVE = replace(CFG, method="negative_prompt", settings={"scale": 4.0, "negative": "blurry, pale"})
SHORT = replace(NEGATIVE, seed=6, prompt="a star", evaluations=9, scheduler="ddpm")
ROWS = [replace(row, scheduler=scheduler) for scheduler in ("ddim", "pndm", "ddpm") for row in (CFG, NEGATIVE)]
ROWS_V = [CFG, replace(CFG, scheduler="pndm"), replace(NEGATIVE, scheduler="ddpm"), replace(CFG, scheduler="euler")]
FAMILIES: dict[str, tuple[Any, list[Row]]] = {
    "sdxl": (build_tiny_sdxl, [*ROWS, SHORT]),
    "sd2-epsilon": (build_tiny_sd2, [*ROWS[1:3], SHORT]),
    "sd2-v": (partial(build_tiny_sd2, prediction_type="v_prediction"), [*ROWS_V, SHORT]),
}
BRIEF = replace(CFG, evaluations=5)
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Family:
    """A checkpoint, and rows with the latents that its own pipeline makes of each alone."""

    folder: Path
    rows: list[Row]
    expected: list[Tensor]


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Family:
    build, rows = FAMILIES[request.param]
    folder = build(tmp_path_factory.mktemp(request.param))
    return Family(folder, rows, [by_diffusers(folder, row) for row in rows])


@pytest.fixture(scope="module")
def xl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_sdxl(tmp_path_factory.mktemp("xl"))


@pytest.fixture(scope="module")
def xl(xl_folder: Path) -> StableDiffusionXL:
    denoiser = load(str(xl_folder)).denoiser
    assert isinstance(denoiser, StableDiffusionXL)
    return denoiser


def by_diffusers(folder: Path, row: Row, output_type: str = "latent") -> Any:
    """What the checkpoint's own pipeline makes of a row."""
    pipeline: Any = DiffusionPipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    predicted = {"prediction_type": pipeline.scheduler.config["prediction_type"]}
    kind, own = SCHEDULERS[row.scheduler]
    pipeline.scheduler = kind.from_config(pipeline.scheduler.config, **STABLE_DIFFUSION | predicted, **own)
    made = pipeline(
        row.prompt,
        height=row.size,
        width=row.size,
        negative_prompt=row.settings.get("negative"),
        guidance_scale=row.settings["scale"],
        num_inference_steps=row.evaluations - 1 if row.scheduler == "pndm" else row.evaluations,
        generator=torch.Generator().manual_seed(row.seed),
        output_type=output_type,
    )
    return made.images[0]


def difference(ours: Iterable[Tensor], theirs: Iterable[Tensor]) -> float:
    return max(float((one - other).abs().max()) for one, other in zip(ours, theirs, strict=True))


def test_each_row_alone_equals_the_checkpoint_s_own_pipeline(family: Family) -> None:
    denoiser = load(str(family.folder)).denoiser
    alone = [sample_latents(denoiser, [row])[0] for row in family.rows]
    assert difference(alone, family.expected) < TOLERANCE


def test_rows_stacked_equal_the_checkpoint_s_own_pipeline(family: Family) -> None:
    assert difference(sample_latents(load(str(family.folder)).denoiser, family.rows), family.expected) < TOLERANCE


def test_the_image_of_sdxl_is_that_of_its_pipeline(xl: StableDiffusionXL, xl_folder: Path) -> None:
    row = replace(BRIEF, size=72)  # a size that the UNet is told
    (drawn,) = sample(xl, [row])
    assert drawn.pixels.shape == (72, 72, 3)
    unequal = drawn.pixels != np.asarray(by_diffusers(xl_folder, row, "pil"))
    assert unequal.mean() < 0.01  # values that differ by 1e-5 may round apart, but seldom


def test_the_tiny_sdxl_would_show_a_wrong_size(xl: StableDiffusionXL, monkeypatch: pytest.MonkeyPatch) -> None:
    right = sample_latents(xl, [BRIEF])
    monkeypatch.setattr(StableDiffusionXL, "_sizes", lambda _self, latents: torch.full((len(latents), 6), 72))
    assert difference(right, sample_latents(xl, [BRIEF])) > 20 * TOLERANCE


def test_the_tiny_sdxl_would_show_an_empty_text_that_is_not_zero(xl: StableDiffusionXL) -> None:
    right, other = sample_latents(xl, [BRIEF]), sample_latents(replace(xl, empty_is_zero=False), [BRIEF])
    assert difference(right, other) > 20 * TOLERANCE


def test_the_empty_text_of_sdxl_is_zeros_where_its_pipeline_has_it_so(xl: StableDiffusionXL) -> None:
    with torch.no_grad():
        states, pooled = xl.encode(["a star", ""])[""]
        encoded = replace(xl, empty_is_zero=False).encode([""])[""]
    assert (states.shape, pooled.shape) == (encoded[0].shape, encoded[1].shape)
    assert not states.any()
    assert not pooled.any()
    assert all(part.any() for part in encoded)


def test_velocity_is_noise_minus_image() -> None:
    image, noise, alpha = torch.full((1, 1, 1, 1), 2.0), torch.full((1, 1, 1, 1), 3.0), 0.36
    latent, velocity = 0.6 * image + 0.8 * noise, 0.6 * noise - 0.8 * image  # √.36, √.64
    found = epsilon(velocity, latent, [Level(0, alpha)], {"prediction_type": "v_prediction"})
    assert found.item() == pytest.approx(3.0)
