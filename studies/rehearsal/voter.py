"""What a synthetic voter makes of a trial: it reads images of the bundled world exactly, then judges or describes them.

The utility of an image is its merit plus the voter's liking of its position plus noise; the best image wins unless the next
one is so near that the voter sees no clear winner. Anything that is not of the bundled world is answered at random.
"""

import io
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import PIL.Image

from generation.bundled.reader import Reading, read, score
from generation.bundled.world import SIZE, NotOfThisWorld, entities_of, prompt_of
from studies.rehearsal.pages import Question, TrialPage

NO_CLEAR_WINNER = 0
MOST_IMAGES = 4
QUALITY_WORDS = ("quality", "realis", "natural", "sharp", "beaut")
READINGS_KEPT = 10_000
# An attention check says what to choose in the place of the prompt, and these voters pay attention.
_INSTRUCTION = re.compile(r"choose (?:image (\d)|no clear winner)", re.IGNORECASE)


@dataclass
class Voter:
    """One voter: how unsure its eye is, how near two images must be to look equal, and which positions it likes."""

    noise: float
    tie_threshold: float
    position_bias: tuple[float, ...]
    draw: random.Random = field(repr=False)
    trials: int = 0
    trials_at_random: int = 0

    @classmethod
    def drawn(cls, seed: int, number: int) -> "Voter":
        """The voter of that number; the same seed draws the same voters."""
        draw = random.Random(f"{seed}/{number}")
        return cls(
            noise=draw.uniform(0.05, 0.25),
            tie_threshold=draw.uniform(0.02, 0.15),
            position_bias=tuple(draw.gauss(0, 0.03) for _ in range(MOST_IMAGES)),
            draw=draw,
        )

    def vote(self, trial: TrialPage) -> dict[str, int]:
        """The position chosen for each question of a trial; 0 is no clear winner."""
        self.trials += 1
        if instruction := _INSTRUCTION.search(trial.prompt):
            return {question.name: int(instruction[1] or NO_CLEAR_WINNER) for question in trial.questions}
        if not is_readable(trial):
            self.trials_at_random += 1
            return {question.name: self.draw.choice(question.positions) for question in trial.questions}
        return {question.name: self.choose(merits(trial, question)) for question in trial.questions}

    def describe(self, trial: TrialPage) -> str:
        """What the image of a trial shows, as far as this voter can tell it; nothing if there is nothing that it can tell."""
        self.trials += 1
        image = trial.images[0]
        seen = _reading(image).entities if _pixels(image).size == (SIZE, SIZE) else ()
        return prompt_of(seen) if seen else ""

    def choose(self, merits: Sequence[float]) -> int:
        """The position, from 1, of the image that looks best to this voter; 0 if the best two look equally good."""
        looks = [merit + bias + self.draw.gauss(0, self.noise) for merit, bias in zip(merits, self.position_bias, strict=False)]
        next_best, best = sorted(looks)[-2:]
        return NO_CLEAR_WINNER if best - next_best < self.tie_threshold else looks.index(best) + 1


def is_readable(trial: TrialPage) -> bool:
    """Whether the prompt and the images are of the bundled world."""
    try:
        entities_of(trial.prompt)
    except NotOfThisWorld:
        return False
    return all(_pixels(image).size == (SIZE, SIZE) for image in trial.images)


def merits(trial: TrialPage, question: Question) -> list[float]:
    """How well each image does, 0..1: how cleanly it is drawn if the criterion's name speaks of quality, else how right."""
    readings = [_reading(image) for image in trial.images]
    if any(word in question.name.lower() for word in QUALITY_WORDS):
        return [reading.clean for reading in readings]
    return [score(reading, trial.prompt) for reading in readings]


@lru_cache(READINGS_KEPT)
def _reading(png: bytes) -> Reading:
    return read(np.asarray(_pixels(png)))


def _pixels(png: bytes) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(png)).convert("RGB")
