"""Attend-and-Excite against StableDiffusionAttendAndExcitePipeline, and its loss by hand.

In float64, so that rounding decides no comparison of a loss with a threshold. The pipeline's smoothing kernel is rounded to
float32 even then; where more digits are asked for, both take that one, and the two kernels are compared on their own.
"""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.pipelines.deprecated.stable_diffusion_attend_and_excite.pipeline_stable_diffusion_attend_and_excite import (
    GaussianSmoothing,
    StableDiffusionAttendAndExcitePipeline,
)
from torch import Tensor

from generation.denoisers.stable_diffusion import StableDiffusion
from generation.hub import BUNDLED, source_of
from generation.methods import attend_and_excite, complete, parse
from generation.methods.rule import Update
from generation.sampler import Row, sample_latents
from generation.schedulers import SCHEDULERS, STABLE_DIFFUSION
from generation.token_groups import PromptTokens, TokenGroup

NOUNS = [5, 6, 7, 8, 13, 14, 15, 16]  # "ring" and "star", letter by letter
MOVED = {"resolution": 4, "thresholds": {}, "step_size": 100}
REFINED = {"resolution": 4, "thresholds": {"0": 0.05, "10": 0.06, "20": 0.08}, "step_size": 300}
PLAIN = Row("a red ring and a star", 5, "cfg", {}, "ddim", 41, 64)
EXCITED = replace(PLAIN, method="attend_and_excite", settings=REFINED)

pytestmark = [
    pytest.mark.filterwarnings("ignore:torch.meshgrid:UserWarning:torch"),
    pytest.mark.filterwarnings("ignore:The StableDiffusionAttendAndExcitePipeline has been deprecated"),
]


def loaded(folder: str, dtype: torch.dtype) -> Any:
    pipeline: Any = StableDiffusionAttendAndExcitePipeline.from_pretrained(folder).to(dtype)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.trained_on = pipeline.scheduler.config
    return pipeline


@pytest.fixture(scope="module")
def pipeline(tiny_folder: Path) -> Any:
    return loaded(str(tiny_folder), torch.float64)


def denoiser_of(pipeline: Any) -> StableDiffusion:
    parts = {part: getattr(pipeline, part) for part in ("tokenizer", "text_encoder", "unet", "vae")}
    return StableDiffusion(**parts, scheduler_config=pipeline.trained_on, precision=pipeline.unet.dtype)


def by_diffusers(pipeline: Any, row: Row, nouns: list[int]) -> Any:
    """What the pipeline makes of a row, from the noise of the row's seed, drawn in float32."""
    settings = parse(attend_and_excite.Settings, row.settings)
    kind, own = SCHEDULERS[row.scheduler]
    pipeline.scheduler = kind.from_config(pipeline.trained_on, **STABLE_DIFFUSION, **own)
    noise = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(row.seed))
    return pipeline(
        row.prompt,
        token_indices=nouns,
        negative_prompt=settings.negative,
        guidance_scale=settings.scale,
        num_inference_steps=row.evaluations - 1 if row.scheduler == "pndm" else row.evaluations,
        latents=noise.to(pipeline.unet.dtype),
        max_iter_to_alter=settings.altered_steps,
        thresholds={int(step): threshold for step, threshold in settings.thresholds.items()},
        scale_factor=settings.step_size,
        attn_res=(settings.resolution, settings.resolution),
        output_type="latent",
    ).images[0]


@pytest.fixture
def kernel_of_diffusers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attend_and_excite, "smoothed", smoothed_by_diffusers)


def smoothed_by_diffusers(maps: Tensor) -> Tensor:
    smoothed: Tensor = GaussianSmoothing()(torch.nn.functional.pad(maps[:, None], (1, 1, 1, 1), mode="reflect"))
    return smoothed[:, 0]


def settings_with(**changes: Any) -> attend_and_excite.Settings:
    return parse(attend_and_excite.Settings, changes)


def difference(one: Tensor, other: Tensor) -> float:
    return (one - other).abs().max().item()


@pytest.mark.usefixtures("kernel_of_diffusers")
@pytest.mark.parametrize(
    "row",
    [
        EXCITED,
        replace(EXCITED, settings=MOVED),
        replace(EXCITED, settings=REFINED | {"altered_steps": 15, "negative": "a", "scale": 5.0}),
        replace(EXCITED, settings=MOVED, scheduler="pndm"),
    ],
    ids=["refined", "moved", "refined after the altered steps, with a negative", "pndm"],
)
def test_a_row_alone_and_stacked_equals_the_pipeline_of_diffusers(pipeline: Any, row: Row) -> None:
    denoiser, expected = denoiser_of(pipeline), by_diffusers(pipeline, row, NOUNS)
    (alone,) = sample_latents(denoiser, [row])
    stacked, plain = sample_latents(denoiser, [row, replace(PLAIN, scheduler=row.scheduler)])
    assert difference(alone, expected) < 1e-8
    assert difference(stacked, expected) < 1e-8
    assert difference(stacked, plain) > 0.01


def test_in_the_refined_row_some_rounds_end_at_their_target_and_some_at_the_most(pipeline: Any) -> None:
    calls: list[object] = []
    hook = pipeline.unet.register_forward_hook(lambda *_: calls.append(1))
    sample_latents(denoiser_of(pipeline), [EXCITED])
    hook.remove()
    rounds = len(calls) - 41 - 25
    assert rounds > 20
    assert rounds % 20


def test_in_single_precision_a_row_equals_the_pipeline_too(tiny_folder: Path) -> None:
    single = loaded(str(tiny_folder), torch.float32)
    row = replace(EXCITED, settings=MOVED)
    (latent,) = sample_latents(denoiser_of(single), [row])
    assert difference(latent, by_diffusers(single, row, NOUNS)) < 1e-4


def test_the_bundled_model_equals_the_pipeline_at_its_own_resolution() -> None:
    bundled = loaded(source_of(BUNDLED), torch.float64)
    settings = {"resolution": 8, "altered_steps": 4, "thresholds": {"1": 0.5}}
    row = replace(EXCITED, prompt="a red circle and a star", evaluations=6, settings=settings)
    latent, plain = sample_latents(denoiser_of(bundled), [row, replace(row, method="cfg", settings={})])
    assert difference(latent, by_diffusers(bundled, row, [3, 6])) < 1e-4  # "circle" and "star", a token each
    assert difference(latent, plain) > 0.01


def test_a_row_whose_updates_start_late_is_the_plain_row_until_then(pipeline: Any) -> None:
    late = replace(EXCITED, settings=MOVED | {"start_step": 5, "altered_steps": 5})
    never, plain = sample_latents(denoiser_of(pipeline), [late, PLAIN])
    torch.testing.assert_close(never, plain, rtol=0, atol=1e-12)
    first, fifth = sample_latents(denoiser_of(pipeline), [replace(EXCITED, settings=MOVED | {"start_step": s}) for s in (0, 5)])
    assert difference(first, fifth) > 0.01
    assert difference(fifth, plain) > 0.01


def test_rounds_are_made_at_the_thresholds_alone() -> None:
    settings = settings_with()
    targets = {i: update.refine_to for i in range(41) if (update := attend_and_excite.update(i, 41, settings))}
    assert list(targets) == list(range(25))
    assert {i: target for i, target in targets.items() if target < math.inf} == pytest.approx({0: 0.95, 10: 0.5, 20: 0.2})


def test_without_refinement_every_step_moves_once_by_a_shrinking_length() -> None:
    settings = settings_with(refine=False, step_size=8)
    updates = [attend_and_excite.update(i, 41, settings) for i in (0, 10, 20, 25)]
    lengths = (8, 8 * math.sqrt(0.875), 8 * math.sqrt(0.75))  # √linspace(1, ½) over 41 steps
    assert updates == [*(Update(step_size=length) for length in lengths), None]


def test_thresholds_are_stored_as_json_has_them() -> None:
    completed = complete("attend_and_excite", {"thresholds": {"3": 1}})
    assert completed["thresholds"] == {"3": 1.0}
    assert complete("attend_and_excite", completed) == completed


def test_the_smoothing_is_that_of_diffusers() -> None:
    maps = torch.rand(3, 5, 5, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(attend_and_excite.smoothed(maps), smoothed_by_diffusers(maps), rtol=0, atol=1e-6)


def test_the_loss_by_hand() -> None:
    # Tokens: start, one that no word listens to, the noun, last. Where the noun has ln 3 / 100 more than the other, the
    # softmax gives it 3/4, elsewhere 1/2. On 2×2 cells with mirrored borders, the kernel (1/e, 1, 1/e) gives each cell
    # e/(e + 2) of itself and 2/(e + 2) of its neighbour along either axis.
    maps = torch.zeros(2, 2, 4)
    maps[0, 0, 2] = math.log(3) / 100
    maps[:, :, 0] = 0.9
    kept = math.e / (math.e + 2)
    loss = attend_and_excite.loss(maps, PromptTokens((TokenGroup((2,)),), (1, 2)), settings_with())
    assert loss.item() == pytest.approx(1 - (0.5 + 0.25 * kept**2), abs=1e-6)


def test_the_least_attended_noun_token_counts() -> None:
    maps = torch.zeros(2, 2, 5)
    maps[:, :, 2] = math.log(2) / 100  # shares 1/4, 2/4, 1/4 in every cell
    tokens = PromptTokens((TokenGroup((2,)), TokenGroup((3,), ((1,),))), (1, 2, 3))
    assert attend_and_excite.loss(maps, tokens, settings_with()).item() == pytest.approx(0.75)
