"""How often each method draws what its prompt says: python -m benchmarks.methods [--number 200] > table.md

Two-shape prompts of the bundled world that were kept out of training, prompt number i with seed i, unselected; the exact
reader decides; Wilson intervals of 95 %. The settings below were chosen once, by thought and before any result was seen: the
model's own scale 4, and milder pushes wherever a negative takes the place of the empty text, because this model leaves its
world early. The negatives: “blurry” is the one word of quality that the model knows, as the standard lists of negatives are
words of quality; “swapped” is the prompt with its two colours exchanged, the mistake that such prompts invite.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scipy.stats import binomtest
from tqdm import tqdm

from generation.bundled.reader import is_correct, read
from generation.bundled.world import Entity, entities_of, prompt_of
from generation.checkpoints import Loaded, load
from generation.drawn_prompts import unseen_combinations
from generation.hub import BUNDLED
from generation.methods import METHODS
from generation.sampler import Row, sample

EVALUATIONS = 41
STACKED = 32
PROMPT_SEED = 7
SIZE = 64
DDIM, DDPM = "ddim", "ddpm_large"


def blurry(_prompt: str) -> str:
    return "blurry"


def swapped(prompt: str) -> str:
    """The two shapes of a prompt, each in the colour of the other."""
    first, second = entities_of(prompt)
    return prompt_of((Entity(first.shape, second.color), Entity(second.shape, first.color)))


@dataclass(frozen=True)
class Case:
    """A line of the table."""

    method: str
    settings: dict[str, Any] = field(default_factory=dict)
    scheduler: str = DDIM
    negative: Callable[[str], str] | None = None

    def row(self, prompt: str, seed: int) -> Row:
        negative = {"negative": self.negative(prompt)} if self.negative else {}
        return Row(prompt, seed, self.method, self.settings | negative, self.scheduler, EVALUATIONS, SIZE)

    def told(self) -> str:
        """The settings in words; those not named have their defaults."""
        given = [f"{name} {value}" for name, value in self.settings.items()]
        return ", ".join([*given, *([f"negative {self.negative.__name__}"] if self.negative else [])])


CASES = (
    Case("cfg", {"scale": 4.0}),
    Case("cfg", {"scale": 4.0}, DDPM),
    Case("negative_prompt", {"scale": 1.5}, negative=blurry),
    Case("np_uncond", {"scale": 1.0}, negative=swapped),
    Case("dns", {"scale": 4.0}),  # a control: it must not draw what the prompt says
    Case("sld", {"scale": 4.0, "preset": "medium", "concept": "a moon"}),
    Case("dng", {"most": 0.5}, DDPM, swapped),  # λ never exceeds λ₀
    Case("dng", {"most": 0.5, "base": "guided", "base_scale": 4.0}, DDPM, swapped),
    Case("answer", {"scale": 4.0}),
    Case("attend_and_excite", {"scale": 4.0, "resolution": 8}),
    Case("syngen", {"scale": 4.0, "resolution": 8}),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.methods", description=__doc__)
    parser.add_argument("--number", type=int, default=200, help="prompts, each with a seed of its own")
    number = parser.parse_args().number
    prompts = [prompt_of(entities) for entities in unseen_combinations(2, number, PROMPT_SEED)]
    cases = [case for case in CASES if case.method in METHODS]
    checkpoint = load(BUNDLED)
    print(f"| method | settings | scheduler | right of {number} | 95 % interval |\n| --- | --- | --- | --- | --- |")
    with tqdm(total=number * len(cases), unit="image") as bar:
        for case in cases:
            bar.write(line(case, right(checkpoint, case, prompts, bar), number))


def right(checkpoint: Loaded, case: Case, prompts: Sequence[str], bar: "tqdm[Any]") -> int:
    """How many images show exactly what their prompt says."""
    found = 0
    for start in range(0, len(prompts), STACKED):
        rows = [case.row(prompt, seed) for seed, prompt in enumerate(prompts[start : start + STACKED], start)]
        drawn = sample(checkpoint.denoiser, rows)
        found += sum(is_correct(read(one.pixels), row.prompt) for one, row in zip(drawn, rows, strict=True))
        bar.update(len(rows))
    return found


def line(case: Case, right: int, number: int) -> str:
    """A case's line of the table, with the Wilson interval."""
    interval = binomtest(right, number).proportion_ci(method="wilson")
    shares = f"{100 * interval.low:.1f}–{100 * interval.high:.1f} %"
    return f"| `{case.method}` | {case.told()} | {case.scheduler} | {right}, {100 * right / number:.1f} % | {shares} |"


if __name__ == "__main__":
    main()
