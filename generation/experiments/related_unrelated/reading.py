"""What images of the bundled world show: whether the thing that the related negative names is gone, and the prompt still met.

The paper names the lack of such a measure as a limitation of its study (Koulischer et al., ICLR 2025, §5).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.bundled.reader import is_correct, read
from generation.bundled.world import entities_of
from generation.experiments.related_unrelated.study import Prompt, Study


@dataclass(frozen=True)
class Shown:
    """Shares of the images that show what the related negative names, and that show exactly what the prompt asks for."""

    related: float
    correct: float


def require_of_this_world(study: Study) -> None:
    """Raise NotOfThisWorld unless all texts describe shapes of the bundled world."""
    for prompt in study.prompts:
        for text in (prompt.text, prompt.related, prompt.unrelated):
            entities_of(text)


def shown(prompt: Prompt, images: Sequence[NDArray[np.uint8]]) -> Shown:
    """What the exact reader sees. Raises NotOfThisWorld for prompts of anything but shapes."""
    named = set(entities_of(prompt.related))
    readings = [read(image) for image in images]
    related = np.mean([named <= set(reading.entities) for reading in readings])
    return Shown(float(related), float(np.mean([is_correct(reading, prompt.text) for reading in readings])))
