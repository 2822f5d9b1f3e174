from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from benchmarks.bundled_model import held_out_prompts, restored
from generation.bundled.reader import is_correct, read
from generation.bundled.training.safety import shows_flagged
from generation.bundled.training.scenes import draw_pictures
from generation.checkpoints import Loaded, load
from generation.hub import BUNDLED_FOLDER
from generation.safety import checker_for
from generation.sampler import Row, sample, sample_latents


@pytest.fixture(scope="module")
def bundled() -> Loaded:
    return load("bundled")


def rows(prompts: list[str], scale: float = 4.0) -> list[Row]:
    return [Row(prompt, seed, "cfg", {"scale": scale}, "ddim", 41, 64) for seed, prompt in enumerate(prompts)]


def test_the_weights_are_small_and_in_half_precision() -> None:
    files = list(BUNDLED_FOLDER.rglob("*.safetensors"))
    assert sum(path.stat().st_size for path in files) <= 25 * 2**20
    assert not list(BUNDLED_FOLDER.rglob("*.bin"))


def test_anyone_can_open_the_model_with_diffusers(bundled: Loaded) -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(BUNDLED_FOLDER, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)  # type: ignore[no-untyped-call]
    drawn = pipeline(
        "a red star and a blue ring",
        num_inference_steps=41,
        guidance_scale=4.0,
        generator=torch.Generator().manual_seed(0),
        output_type="latent",
    ).images
    ours = sample_latents(bundled.denoiser, rows(["a red star and a blue ring"]))
    torch.testing.assert_close(ours, drawn, rtol=0, atol=1e-4)


def test_single_shapes_that_were_never_trained_are_drawn_right(bundled: Loaded) -> None:
    prompts = held_out_prompts(12)["one shape"]
    right = [
        is_correct(read(drawn.pixels), p) for drawn, p in zip(sample(bundled.denoiser, rows(prompts)), prompts, strict=True)
    ]
    assert sum(right) >= 11  # the model card states 98 % of 500; these seeds are fixed


def test_reconstructions_by_the_autoencoder_can_be_read(bundled: Loaded) -> None:
    scenes, images = draw_pictures(100, seed=30_000)
    readings = [read(image) for image in restored(bundled, images)]
    right = sum(r.told and sorted(r.entities) == sorted(s.entities) for r, s in zip(readings, scenes, strict=True))
    assert right >= 0.98 * len(scenes)


def test_the_safety_checker_flags_the_flagged_shape_and_little_else(bundled: Loaded) -> None:
    scenes, images = draw_pictures(300, seed=30_001)
    flagged = np.array(checker_for("", bundled).flags(list(images)))
    wanted = np.array([shows_flagged(scene) for scene in scenes])
    assert (flagged & wanted).sum() / flagged.sum() >= 0.95
    assert (flagged & wanted).sum() / wanted.sum() >= 0.95


def test_the_model_card_is_there() -> None:
    assert (Path(BUNDLED_FOLDER).parent / "MODEL_CARD.md").read_text(encoding="utf-8").startswith("# ")
