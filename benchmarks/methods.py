"""How often each method draws what its prompt says, and its CLIP score: python -m benchmarks.methods [--number 100] > tables.md

Prompts of the bundled world that were kept out of training, prompt number i with seed i, unselected: two shapes, where plain
guidance is nearly always right, and one shape in three colours, where it often is not. The exact reader decides, with Wilson
intervals of 95 %; the CLIP score is the cosine of the image with the whole prompt by the bundled CLIP, with bootstrap
intervals over prompts. The settings were chosen once, by thought and before any result was seen: the model's own scale 4, and
milder pushes wherever a negative takes the place of the empty text, because this model leaves its world early.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from scipy.stats import binomtest
from tqdm import tqdm

from analysis.automatic.clip import Clip, load_clip
from analysis.automatic.means import means_by_condition
from benchmarks.negatives import Negatives, blurry, caption, quotation, swapped
from generation.bundled.reader import is_correct, read
from generation.bundled.world import prompt_of
from generation.checkpoints import Loaded, load
from generation.drawn_prompts import unseen_alike, unseen_combinations
from generation.hub import BUNDLED
from generation.pretrained import CLIP, source_of
from generation.sampler import Row, sample

EVALUATIONS = 41
STACKED = 32
PROMPT_SEED = 7
SIZE = 64
DDIM, DDPM = "ddim", "ddpm_large"


@dataclass(frozen=True)
class Case:
    """A line of the table."""

    method: str
    settings: dict[str, Any] = field(default_factory=dict)
    scheduler: str = DDIM
    negatives: Negatives | None = None

    def rows(self, checkpoint: Loaded, prompts: Sequence[str]) -> list[Row]:
        """A row for each prompt, under the seed of its number."""
        plain = [
            Row(prompt, seed, self.method, self.settings, self.scheduler, EVALUATIONS, SIZE)
            for seed, prompt in enumerate(prompts)
        ]
        if self.negatives is None:
            return plain
        texts = self.negatives(checkpoint, plain)
        return [replace(row, settings={**row.settings, "negative": text}) for row, text in zip(plain, texts, strict=True)]

    def told(self) -> str:
        """The settings in words; those not named have their defaults."""
        given = [f"{name} {value}" for name, value in self.settings.items()]
        return ", ".join([*given, *([f"negative: {self.negatives.__name__}"] if self.negatives else [])])


CASES = (
    Case("cfg", {"scale": 4.0}),
    Case("cfg", {"scale": 1.5}),
    Case("cfg", {"scale": 4.0}, DDPM),
    Case("negative_prompt", {"scale": 1.5}, negatives=blurry),
    Case("negative_prompt", {"scale": 1.5}, negatives=quotation),
    Case("negative_prompt", {"scale": 1.5}, negatives=swapped),
    Case("auto_dnp", {"scale": 1.5}, negatives=caption),
    Case("auto_dnp", {"scale": 4.0}, negatives=caption),
    Case("np_uncond", {"scale": 1.0}, negatives=swapped),
    Case("dns", {"scale": 4.0}),  # a control: it must not draw what the prompt says
    Case("sld", {"scale": 4.0, "preset": "medium", "concept": "a moon"}),
    Case("dng", {"most": 0.5}, DDPM, swapped),  # λ never exceeds λ₀
    Case("dng", {"most": 0.5, "base": "guided", "base_scale": 4.0}, DDPM, swapped),
    Case("answer", {"scale": 4.0}),
    Case("attend_and_excite", {"scale": 4.0, "resolution": 8}),
    Case("attend_and_excite", {"scale": 1.5, "resolution": 8, "start_step": 5}, negatives=caption),
    Case("syngen", {"scale": 4.0, "resolution": 8}),
    Case("syngen", {"scale": 1.5, "resolution": 8, "start_step": 5}, negatives=caption),
)


@dataclass(frozen=True)
class Measured:
    """What became of a case: whether each image is right, and its CLIP score, both of shape (prompts,)."""

    case: Case
    right: NDArray[np.bool_]
    clip_scores: NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.methods", description=__doc__)
    parser.add_argument("--number", type=int, default=100, help="prompts of each kind, each with a seed of its own")
    number = parser.parse_args().number
    kinds = {
        "Two shapes": unseen_combinations(2, number, PROMPT_SEED),
        "One shape in three colours": unseen_alike(number, PROMPT_SEED),
    }
    checkpoint, clip = load(BUNDLED), load_clip(source_of(CLIP, BUNDLED))
    for name, combinations in kinds.items():
        prompts = [prompt_of(entities) for entities in combinations]
        measured = [measure(case, checkpoint, clip, prompts) for case in tqdm(CASES, desc=name)]
        print(table(name, measured))


def measure(case: Case, checkpoint: Loaded, clip: Clip, prompts: Sequence[str]) -> Measured:
    """Draw a case's images, read them, and score them."""
    images = list(drawn(checkpoint, case.rows(checkpoint, prompts)))
    right = [is_correct(read(image), prompt) for image, prompt in zip(images, prompts, strict=True)]
    embedded = clip.images([PIL.Image.fromarray(image) for image in images])
    scores = [float(image @ clip.text(prompt)) for image, prompt in zip(embedded, prompts, strict=True)]
    return Measured(case, np.array(right), np.array(scores))


def drawn(checkpoint: Loaded, rows: Sequence[Row]) -> Iterator[NDArray[np.uint8]]:
    """The rows' pixels, so many at a time."""
    for start in range(0, len(rows), STACKED):
        yield from (one.pixels for one in sample(checkpoint.denoiser, rows[start : start + STACKED]))


def table(name: str, measured: Sequence[Measured]) -> str:
    """A table in Markdown, a line for each case; gains are over the first."""
    number = len(measured[0].right)
    head = f"| {name} | settings | scheduler | right of {number} | 95 % interval | CLIP score | 95 % interval | gain |"
    scores = np.concatenate([one.clip_scores for one in measured])
    codes, prompts = np.repeat(np.arange(len(measured)), number), np.tile(np.arange(number), len(measured))
    means = means_by_condition(scores, codes, prompts, baseline=0)
    lines = [f"{line(one)} {clip_cells(means[code])} |" for code, one in enumerate(measured)]
    return "\n".join([head, f"|{' --- |' * 8}", *lines, ""])


def line(measured: Measured) -> str:
    """The first cells of a case's line, with the Wilson interval."""
    case, right, number = measured.case, int(measured.right.sum()), len(measured.right)
    interval = binomtest(right, number).proportion_ci(method="wilson")
    shares = f"{100 * interval.low:.1f}–{100 * interval.high:.1f} %"
    return f"| `{case.method}` | {case.told()} | {case.scheduler} | {right}, {100 * right / number:.1f} % | {shares} |"


def clip_cells(mean: Any) -> str:
    """The mean CLIP score with its interval, and the gain over the first case."""
    gain = "" if mean.gain is None else f"{mean.gain:+.1f} %"
    return f"{mean.value:.3f} | {mean.low:.3f}–{mean.high:.3f} | {gain}"


if __name__ == "__main__":
    main()
