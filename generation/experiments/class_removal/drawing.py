"""Images of one setting, with what the classifier sees in them: drawn once, then read from where they are kept."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from generation.denoisers.class_pair import ClassPair
from generation.experiments import rows
from generation.experiments.class_removal.classifier import Classifier, classes_of, features_of

AT_ONCE = 512  # rows
SHOWN = 40  # images kept to be looked at


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A method at one guidance scale λ₀, and its other settings."""

    method: str
    scale: float
    others: tuple[tuple[str, Any], ...] = ()

    @property
    def given(self) -> dict[str, Any]:
        return {**dict(self.others), "scale": self.scale}

    @property
    def name(self) -> str:
        """As a file's: equal for equal settings alone."""
        return "-".join([self.method, *(f"{key}-{value}" for key, value in sorted(self.given.items()))])


@dataclass(frozen=True, eq=False)
class Drawn:
    """What was drawn: classes, shape (images,), features, shape (images, FEATURES), and some of the images themselves."""

    classes: NDArray[np.int64]
    features: NDArray[np.float64]
    shown: NDArray[np.float32]


def drawn(pair: ClassPair, classifier: Classifier, setting: Setting, images: int, evaluations: int, folder: Path) -> Drawn:
    """So many images of a setting, of seeds 0, 1, …, so that image i of all settings starts from the same noise."""
    path = folder / f"{setting.name}-{images}-images-{evaluations}-steps.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(unfinished, **vars(_draw(pair, classifier, setting, images, evaluations)))
        unfinished.replace(path)
    with np.load(path) as kept:
        return Drawn(**kept)


def _draw(pair: ClassPair, classifier: Classifier, setting: Setting, images: int, evaluations: int) -> Drawn:
    pixels = torch.cat(list(_batches(pair, setting, images, evaluations)))
    features = features_of(classifier, pixels)
    classes = classes_of(classifier, features)
    return Drawn(classes.numpy(), features.double().numpy(), pixels[:SHOWN].numpy())


def _batches(pair: ClassPair, setting: Setting, images: int, evaluations: int) -> Iterator[torch.Tensor]:
    method, size = rows.find(setting.method), int(pair.everything.config["sample_size"])
    for first in range(0, images, AT_ONCE):
        noise = rows.noise_of(pair, range(first, min(first + AT_ONCE, images)), size)
        yield rows.draw(pair, method, setting.given, noise, evaluations).clamp(-1, 1)
