"""The classes that prompts ask for, by the names that a classifier gives its classes."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from analysis.automatic.not_measurable import NotMeasurable
from analysis.study_votes import BoolArray, FloatArray

NAMED = 3  # classes, in a sentence


def asked_classes(prompts: Sequence[str], labels: Sequence[str]) -> BoolArray:
    """Which classes each prompt names in words, shape (prompts, classes).

    labels: a class may have several names, as in “tabby, tabby cat”; any of them counts.
    Raises NotMeasurable where the classes have no names, or no prompt names one.
    """
    if not labels:
        raise NotMeasurable("This classifier names no classes, so none can be looked for in prompts; choose one that does.")
    named = np.array([[bool(_names(label).search(prompt)) for label in labels] for prompt in prompts])
    if not named.any():
        raise NotMeasurable(
            f"No prompt names a class of this classifier ({', '.join(labels[:NAMED])} …); choose a classifier of what the "
            f"prompts ask for."
        )
    return named


def ideal_shares(asked: BoolArray) -> FloatArray:
    """The share that each class should have, shape (classes,), if each image shows what its prompt names, in equal parts.

    asked: shape (images, classes), at least one class for each image.
    """
    return np.asarray((asked / asked.sum(axis=1, keepdims=True)).mean(axis=0))


@cache
def _names(label: str) -> re.Pattern[str]:
    names = "|".join(re.escape(name.replace("_", " ").strip()) for name in label.split(","))
    return re.compile(rf"\b(?:{names})\b", re.IGNORECASE)
