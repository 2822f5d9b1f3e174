from typing import Any

import pytest
import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from diffusers.pipelines.ddim.pipeline_ddim import DDIMPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler

from generation.denoisers import UnfitSize
from generation.denoisers.class_pair import ClassPair
from generation.methods.rule import Level
from generation.sampler import Row, run, sample_latents
from generation.schedulers import STABLE_DIFFUSION
from tests.mixtures import LEVELS


def tiny_model(seed: int) -> Any:
    torch.manual_seed(seed)
    blocks = {"down_block_types": ("DownBlock2D", "DownBlock2D"), "up_block_types": ("UpBlock2D", "UpBlock2D")}
    return UNet2DModel(
        sample_size=8,
        in_channels=1,
        out_channels=1,
        block_out_channels=(8, 16),
        norm_num_groups=4,
        layers_per_block=1,
        **blocks,
    ).eval()


@pytest.fixture(scope="module")
def pair() -> ClassPair:
    return ClassPair(everything=tiny_model(0), one_class=tiny_model(1), class_name="zero", scheduler_config=LEVELS)


def test_each_row_is_predicted_by_the_model_that_its_text_means(pair: ClassPair) -> None:
    latents, texts = torch.randn(3, 1, 8, 8), ["", "zero", ""]
    models = pair.encode(texts)
    with torch.no_grad():
        noise = pair.predict(latents, [Level(t, 0.5) for t in (10, 20, 30)], [models[text] for text in texts])
        expected = pair.one_class(latents[1:2], 20).sample
    torch.testing.assert_close(noise[1:2], expected, rtol=0, atol=1e-6)
    assert not torch.allclose(noise[2], pair.one_class(latents[2:], 30).sample[0], atol=1e-3)


def test_without_a_push_class_removal_is_the_unconditional_pipeline_of_diffusers(pair: ClassPair) -> None:
    scheduler = DDIMScheduler(**LEVELS, **STABLE_DIFFUSION)
    pipeline: Any = DDIMPipeline(pair.everything, scheduler)
    pipeline.set_progress_bar_config(disable=True)
    drawn = pipeline(generator=torch.Generator().manual_seed(3), num_inference_steps=41, output_type="np").images[0]
    (pixels,) = sample_latents(pair, [Row("", 3, "np_uncond", {"negative": "zero", "scale": 0}, "ddim", 41, 8)])
    ours = (pixels / 2 + 0.5).clamp(0, 1).permute(1, 2, 0)
    torch.testing.assert_close(ours, torch.from_numpy(drawn), rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("method", "settings"),
    [
        ("np_uncond", {"negative": "zero", "scale": 0.5}),
        ("sld", {"preset": "class_removal", "concept": "zero"}),
        ("dng", {"preset": "mnist", "negative": "zero"}),
    ],
)
def test_the_rules_of_class_removal_run_on_the_pair(pair: ClassPair, method: str, settings: dict[str, object]) -> None:
    free = Row("", 3, "np_uncond", {"negative": "zero", "scale": 0}, "ddpm_large", 9, 8)
    removed = Row("", 3, method, settings, "ddpm_large", 9, 8)
    plain, pushed = run(pair, [free, removed], lambda: None)
    assert (plain.latent - pushed.latent).abs().max() > 1e-3
    assert all(len(trace) == 9 for trace in pushed.traces.values())


def test_another_size_and_another_class_are_refused(pair: ClassPair) -> None:
    with pytest.raises(UnfitSize, match="images of 8 pixels, not 16"):
        pair.latent_shape(16)
    with pytest.raises(KeyError, match="know “zero” and the empty text, not one"):
        pair.encode(["one"])
