"""The denoising loop against StableDiffusionPipeline on the same weights, seed and scheduler."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from torch import Tensor

from generation import methods
from generation.checkpoints import Loaded
from generation.denoisers import UnfitSize
from generation.sampler import NotFinite, Row, UnfitRows, sample, sample_latents
from generation.schedulers import SCHEDULERS, STABLE_DIFFUSION
from tests.tiny_checkpoint import overflowing

PLAIN = Row("a red ring and a star", 5, "cfg", {"scale": 7.5}, "ddim", 41, 64)
NEGATIVE = replace(PLAIN, method="negative_prompt", settings={"scale": 4.0, "negative": "blurry, pale"})
FEW = 16  # evaluations, of which solvers of several steps take the last ones as they do of any more
CONDITIONS = [replace(row, scheduler=scheduler, evaluations=FEW) for scheduler in SCHEDULERS for row in (PLAIN, NEGATIVE)]
CUT_OFF = "a red circle, a blue star and a green heart"  # more tokens than the tokenizer takes
OTHERS = [replace(PLAIN, seed=6), replace(PLAIN, prompt=CUT_OFF, evaluations=9), replace(NEGATIVE, scheduler="ddpm", seed=7)]
TOLERANCE = 1e-4
BRIEF = replace(PLAIN, evaluations=3)


@pytest.fixture(scope="module")
def pipeline(tiny_folder: Path) -> Any:
    loaded: Any = StableDiffusionPipeline.from_pretrained(tiny_folder)
    loaded.set_progress_bar_config(disable=True)
    loaded.trained_on = loaded.scheduler.config
    return loaded


def by_diffusers(pipeline: Any, row: Row, output_type: str = "latent") -> Any:
    """What StableDiffusionPipeline makes of a row."""
    kind, own = SCHEDULERS[row.scheduler]
    pipeline.scheduler = kind.from_config(pipeline.trained_on, **STABLE_DIFFUSION, **own)
    made = pipeline(
        row.prompt,
        negative_prompt=row.settings.get("negative"),
        guidance_scale=row.settings["scale"],
        num_inference_steps=row.evaluations - 1 if row.scheduler == "pndm" else row.evaluations,
        generator=torch.Generator().manual_seed(row.seed),
        output_type=output_type,
    )
    return made.images[0]


def difference(one: Tensor, other: Tensor) -> float:
    return (one - other).abs().max().item()


@contextmanager
def watched(checkpoint: Loaded) -> Iterator[list[Tensor]]:
    """The latents of every UNet call, as they come."""
    seen: list[Tensor] = []
    hook = checkpoint.denoiser.unet.register_forward_pre_hook(lambda _unet, inputs: seen.append(inputs[0]))
    yield seen
    hook.remove()


@pytest.mark.parametrize("row", CONDITIONS, ids=lambda row: f"{row.method}-{row.scheduler}")
def test_a_row_alone_equals_the_pipeline_of_diffusers(tiny: Loaded, pipeline: Any, row: Row) -> None:
    (latent,) = sample_latents(tiny.denoiser, [row])
    assert difference(latent, by_diffusers(pipeline, row)) < TOLERANCE


def test_rows_of_all_conditions_stacked_equal_the_pipeline_of_diffusers(tiny: Loaded, pipeline: Any) -> None:
    rows = [*OTHERS, *CONDITIONS, *OTHERS]
    expected = torch.stack([by_diffusers(pipeline, row) for row in rows])
    assert difference(sample_latents(tiny.denoiser, rows), expected) < TOLERANCE


def test_the_tiny_checkpoint_would_show_a_wrong_scale_or_a_forgotten_text(tiny: Loaded) -> None:
    wrong = [
        replace(PLAIN, settings={"scale": 7.51}),
        replace(PLAIN, prompt="a red ring and a stan"),
        replace(PLAIN, method="negative_prompt", settings={"scale": 7.5, "negative": "a"}),
    ]
    right, *others = sample_latents(tiny.denoiser, [PLAIN, *wrong])
    assert min(difference(right, other) for other in others) > 20 * TOLERANCE


def test_the_images_are_those_of_the_pipeline(tiny: Loaded, pipeline: Any) -> None:
    rows = [BRIEF, replace(NEGATIVE, evaluations=5)]
    for image, row in zip([drawn.pixels for drawn in sample(tiny.denoiser, rows)], rows, strict=True):
        expected = np.asarray(by_diffusers(pipeline, row, "pil"))
        assert image.shape == expected.shape == (64, 64, 3)
        assert image.dtype == np.uint8
        assert (image != expected).mean() < 0.01  # values that differ by 1e-5 may round apart, but seldom


def test_the_initial_noise_is_bit_equal_alone_and_in_a_batch(tiny: Loaded) -> None:
    with watched(tiny) as alone:
        sample_latents(tiny.denoiser, [BRIEF])
    with watched(tiny) as stacked:
        sample_latents(tiny.denoiser, [replace(BRIEF, seed=1), BRIEF, replace(BRIEF, seed=2)])
    assert torch.equal(alone[0][0], stacked[0][2])  # each seed's two inputs stand together
    assert not torch.equal(alone[0][0], stacked[0][0])


def test_all_rows_go_through_one_call_per_step_and_short_rows_leave_early(tiny: Loaded) -> None:
    with watched(tiny) as seen:
        sample_latents(tiny.denoiser, [replace(PLAIN, evaluations=4), replace(PLAIN, seed=6, evaluations=2)])
    assert [len(latents) for latents in seen] == [4, 4, 2, 2]


def test_equal_inputs_of_the_first_step_are_evaluated_once(tiny: Loaded) -> None:
    with watched(tiny) as seen:
        sample_latents(tiny.denoiser, [BRIEF, replace(NEGATIVE, evaluations=3)])
    assert [len(latents) for latents in seen] == [3, 4, 4]  # empty, prompt, negative; then two of each row


def test_equal_noise_at_another_timestep_is_another_input(tiny: Loaded) -> None:
    with watched(tiny) as seen:
        sample_latents(tiny.denoiser, [BRIEF, replace(BRIEF, evaluations=4)])
    assert len(seen[0]) == 4


def test_every_step_and_every_decoded_row_is_told(tiny: Loaded) -> None:
    told: list[bool] = []
    sample(tiny.denoiser, [BRIEF, replace(BRIEF, evaluations=2)], lambda: told.append(True))
    assert len(told) == 3 + 2


def test_a_row_that_is_not_finite_is_named(tiny: Loaded) -> None:
    broken = overflowing(tiny, "z")
    with pytest.raises(NotFinite, match=r"“z”, seed 5, cfg \{'scale': 7.5\}") as failure:
        sample(broken, [BRIEF, replace(BRIEF, prompt="z"), replace(BRIEF, seed=6)])
    assert [row.prompt for row in failure.value.rows] == ["z"]


@pytest.mark.parametrize("sizes", [[], [64, 128]])
def test_rows_without_one_size_are_refused(tiny: Loaded, sizes: list[int]) -> None:
    with pytest.raises(UnfitRows, match="Sample rows of one size"):
        sample_latents(tiny.denoiser, [replace(BRIEF, size=size) for size in sizes])


@pytest.mark.parametrize("size", [60, 0, -8])
def test_a_size_that_no_latent_has_is_refused(tiny: Loaded, size: int) -> None:
    with pytest.raises(UnfitSize, match=f"a multiple of 8 pixels wide and high, not {size}"):
        sample_latents(tiny.denoiser, [replace(BRIEF, size=size)])


def test_a_size_other_than_the_checkpoint_s_own_gives_images_of_that_size(tiny: Loaded) -> None:
    (drawn,) = sample(tiny.denoiser, [replace(BRIEF, size=72)])
    assert drawn.pixels.shape == (72, 72, 3)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"method": "cgf"}, methods.UnknownMethod),
        ({"settings": {"scael": 7.5}}, methods.BadSettings),
    ],
)
def test_a_faulty_row_is_refused_before_anything_is_sampled(tiny: Loaded, fault: Any, error: type[Exception]) -> None:
    with watched(tiny) as seen, pytest.raises(error):
        sample_latents(tiny.denoiser, [BRIEF, replace(BRIEF, **fault)])
    assert not seen
