"""A grid of four methods, stacked in the one loop, against the pipelines of diffusers on the same networks.

    python -m benchmarks.grid                       # the bundled model: seconds an image, ratios, differences of latents
    python -m benchmarks.grid --random-unet sd14    # a GPU's business: random weights of the size of SD 1.4, in bfloat16

8 prompts × 4 seeds × (cfg, negative_prompt, dng, sld) of 41 evaluations, all with the scheduler that dng needs. The pipelines
make the same images (a) one condition and one image at a time, the obvious loop, and (b) as many of a condition in a call as
our stack holds rows. No library has dng: the pipelines make a plain guided image of as many evaluations in its place. All
three ways in turns, in one process; ratios are medians of the rounds' ratios. Latents alone: nothing is decoded.
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from benchmarks.card import Card, watch_evaluations
from benchmarks.pipelines import EQUIVALENT, Pipelines
from benchmarks.random_model import SIZES, random_model
from generation.bundled.world import prompt_of
from generation.checkpoints import load
from generation.denoisers.stable_diffusion import StableDiffusion
from generation.drawn_prompts import unseen_combinations
from generation.methods import complete
from generation.sampler import Row, sample_latents

SCHEDULER = "ddpm_large"
PROMPT_SEED = 7
CONDITIONS: dict[str, dict[str, Any]] = {
    "cfg": {"scale": 4.0},
    "negative_prompt": {"scale": 1.5, "negative": "blurry"},
    "dng": {"negative": "blurry", "most": 0.5},  # λ never exceeds λ₀, so that nothing overflows
    "sld": {"scale": 4.0, "preset": "medium", "concept": "a moon"},
}


@dataclass(frozen=True)
class Way:
    """A way to make the rows' latents, and the seconds an image of each round."""

    name: str
    make: Callable[[], Tensor]
    seconds: list[float]


def main() -> None:
    options = _parser().parse_args()
    denoiser = random_model(options.random_unet) if options.random_unet else stable_diffusion(options.checkpoint)
    rows = grid(denoiser.native_size, options.prompts, options.seeds, options.evaluations)
    ours, *theirs = ways(denoiser, rows, options.stack, options.compile)
    print(f"{len(rows)} images, {options.stack} rows a stack, {SCHEDULER}, {options.evaluations} evaluations", end=", ")
    print(f"{denoiser.unet.dtype} on {denoiser.device}; a plain guided image stands in for dng in the pipelines")
    with watch_evaluations(denoiser.unet) as evaluated:
        stacked(denoiser, rows, options.stack)
    tell_differences(rows, ours.make(), [way.make() for way in theirs], denoiser.unet.dtype)  # these calls warm up
    card = Card(denoiser)
    for _ in range(options.rounds):
        for way in (ours, *theirs):
            run(way, len(rows), card)
    for way in theirs:
        ratios = [theirs_ / ours_ for theirs_, ours_ in zip(way.seconds, ours.seconds, strict=True)]
        print(f"{way.name}: {statistics.median(ratios):.2f} times the seconds of {ours.name}")
    print(card.told(sum(evaluated) / len(rows), statistics.median(ours.seconds)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    model = parser.add_mutually_exclusive_group()
    model.add_argument("--checkpoint", default="bundled")
    model.add_argument("--random-unet", choices=SIZES, help="random weights instead, in bfloat16; tiny is for checks on a CPU")
    parser.add_argument("--prompts", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--evaluations", type=int, default=41)
    parser.add_argument("--stack", type=int, default=32, help="rows a stack, and images a call of (b)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--compile", action="store_true", help="compile our UNet, a setting of the site; not the pipelines'")
    return parser


def stable_diffusion(checkpoint: str) -> StableDiffusion:
    """The denoiser of a checkpoint that the pipelines can take."""
    denoiser = load(checkpoint).denoiser
    if not isinstance(denoiser, StableDiffusion):
        raise SystemExit(f"{checkpoint}: the pipelines are those of Stable Diffusion 1.x and 2.x; choose such a checkpoint.")
    return denoiser


def grid(size: int, prompts: int, seeds: int, evaluations: int) -> list[Row]:
    """Every prompt with every seed under every condition; the conditions of a prompt and seed stand together."""
    texts = [prompt_of(entities) for entities in unseen_combinations(2, prompts, PROMPT_SEED)]
    settings = {method: complete(method, given) for method, given in CONDITIONS.items()}
    return [
        Row(text, seed, method, settings[method], SCHEDULER, evaluations, size)
        for text, seed, method in itertools.product(texts, range(seeds), CONDITIONS)
    ]


def stacked(denoiser: StableDiffusion, rows: Sequence[Row], stack: int) -> Tensor:
    """The rows' latents by our loop, so many rows at a time."""
    return torch.cat([sample_latents(denoiser, rows[start : start + stack]) for start in range(0, len(rows), stack)])


def ways(denoiser: StableDiffusion, rows: Sequence[Row], stack: int, compiled: bool) -> list[Way]:
    """Ours, (a) and (b)."""
    pipelines = Pipelines(denoiser, SCHEDULER, rows[0].evaluations)
    unet: Any = torch.compile(denoiser.unet) if compiled else denoiser.unet
    own = replace(denoiser, unet=unet)
    return [
        Way("stacked", lambda: stacked(own, rows, stack), []),
        Way("(a) one at a time", lambda: pipelines.latents(rows, 1), []),
        Way("(b) same batch size", lambda: pipelines.latents(rows, stack), []),
    ]


def run(way: Way, images: int, card: Card) -> None:
    """Make the images once, note the time and print it."""
    card.reset_peak_memory()
    start = time.perf_counter()
    way.make().float().cpu()  # waits for a GPU
    way.seconds.append((time.perf_counter() - start) / images)
    print(f"{way.name}: {way.seconds[-1]:.3f} s an image, {1 / way.seconds[-1]:.2f} images a second{card.peak_memory()}")


def tell_differences(rows: Sequence[Row], ours: Tensor, theirs: Sequence[Tensor], dtype: torch.dtype) -> None:
    """How far latents are from those of the pipelines, and these from each other: `sld` has a threshold, where a rounding
    may tip a cell over. In half precision the pipelines draw other noise, so that nothing can be compared.
    """
    if dtype != torch.float32:
        return
    made = {"ours": ours} | dict(zip(("(a)", "(b)"), theirs, strict=True))
    for method, (one, other) in itertools.product(EQUIVALENT, itertools.combinations(made, 2)):
        which = [index for index, row in enumerate(rows) if row.method == method]
        difference = (made[one] - made[other])[which].abs().max().item()
        print(f"{method}: latents of {one} and {other} differ by at most {difference:.1e}")


if __name__ == "__main__":
    main()
