"""Stacked rows against StableDiffusionPipeline, one image and one condition at a time: seconds, and their ratio.

    python -m benchmarks.sampling --checkpoint bundled --rounds 3

Both make the same images, of the same checkpoint on the same device, in one process and in turns, so that the ratio means
the same on a busy machine as on an idle one.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from torch import Tensor

from generation import schedulers
from generation.checkpoints import Loaded, load
from generation.sampler import Row, sample_latents

PROMPT = "a red circle and a blue star"
EVALUATIONS = 41
CONDITIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("cfg", {"scale": 7.5}),
    ("cfg", {"scale": 4.0}),
    ("negative_prompt", {"scale": 7.5, "negative": "blurry"}),
    ("negative_prompt", {"scale": 4.0, "negative": "blurry"}),
)


def rows_of(checkpoint: Loaded, seeds: int) -> list[Row]:
    """Every condition with every seed."""
    size = checkpoint.denoiser.native_size
    return [
        Row(PROMPT, seed, method, settings, "ddim", EVALUATIONS, size)
        for seed in range(seeds)
        for method, settings in CONDITIONS
    ]


def one_at_a_time(pipeline: Any, rows: Sequence[Row]) -> Tensor:
    """The rows' latents by the pipeline of diffusers."""
    return torch.cat(
        [
            pipeline(
                row.prompt,
                negative_prompt=row.settings.get("negative"),
                guidance_scale=row.settings["scale"],
                num_inference_steps=row.evaluations,
                generator=torch.Generator().manual_seed(row.seed),
                output_type="latent",
            ).images
            for row in rows
        ]
    )


def pipeline_of(checkpoint: Loaded) -> Any:
    """The pipeline of diffusers around the very networks that the sampler uses."""
    pipeline: Any = StableDiffusionPipeline(
        vae=checkpoint.denoiser.vae,
        text_encoder=checkpoint.denoiser.text_encoder,
        tokenizer=checkpoint.denoiser.tokenizer,
        unet=checkpoint.denoiser.unet,
        scheduler=schedulers.start("ddim", checkpoint.denoiser.scheduler_config, EVALUATIONS),
        safety_checker=None,  # type: ignore[arg-type]
        feature_extractor=None,  # type: ignore[arg-type]
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def timed(make: Callable[[], Tensor]) -> tuple[float, Tensor]:
    """Seconds, and the latents."""
    start = time.perf_counter()
    latents = make().float().cpu()  # waits for a GPU
    return time.perf_counter() - start, latents


def run_round(checkpoint: Loaded, pipeline: Any, rows: Sequence[Row]) -> float:
    """Make the images both ways, print what it took, and return how many times faster the stacked rows were."""
    stacked, ours = timed(lambda: sample_latents(checkpoint.denoiser, rows))
    alone, theirs = timed(lambda: one_at_a_time(pipeline, rows))
    print(f"{len(rows)} images stacked {stacked:.2f} s, one at a time {alone:.2f} s, ratio {alone / stacked:.2f}", end="; ")
    print(f"latents differ by at most {(ours - theirs).abs().max().item():.1e}")
    return alone / stacked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", default="bundled")
    parser.add_argument("--seeds", type=int, default=4, help="images per condition; there are four conditions")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    checkpoint = load(options.checkpoint)
    pipeline, rows = pipeline_of(checkpoint), rows_of(checkpoint, options.seeds)
    run_round(checkpoint, pipeline, rows[:1])  # a warm-up that does not count
    ratio = statistics.median(run_round(checkpoint, pipeline, rows) for _ in range(options.rounds))
    print(f"median ratio {ratio:.2f} on {checkpoint.device}")


if __name__ == "__main__":
    main()
