"""Labelled images to train on: scikit-learn's handwritten digits, which come with it, or files that the user has.

The digits are those of Alpaydin & Kaynak (1998), 1,797 of 8 × 8 pixels; a fifth of each class is kept for testing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor

from generation.experiments.class_removal import cifar10, mnist

DIGITS = tuple(str(digit) for digit in range(10))
MOST_INK = 16  # of scikit-learn's digits
TEST_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Labelled:
    """Images in −1..1, shape (images, channels, size, size), and the number of each one's class, shape (images,)."""

    images: Tensor
    labels: Tensor

    def without(self, label: int) -> Tensor:
        """The images of all other classes."""
        return self.images[self.labels != label]

    def of(self, label: int) -> Tensor:
        """The images of that class."""
        return self.images[self.labels == label]


@dataclass(frozen=True, eq=False)
class DataSet:
    """What models are trained on, what classifiers are tested on, and the names of the classes by their number."""

    name: str
    classes: tuple[str, ...]
    train: Labelled
    test: Labelled


def read(name: str, folder: Path | None = None) -> DataSet:
    """The data set of that name; `folder` holds the files of those that do not come with a library.

    Raises FileNotFoundError that says which files to get, and BadFile for one that holds something else.
    """
    return READERS[name](folder or Path("data") / name)


def _digits(_folder: Path) -> DataSet:
    bunch = load_digits()
    images = _signed(torch.tensor(bunch.images[:, None], dtype=torch.float32) / MOST_INK)
    labels = torch.tensor(bunch.target, dtype=torch.int64)
    train, test = train_test_split(np.arange(len(labels)), test_size=TEST_SHARE, random_state=0, stratify=bunch.target)
    return DataSet("digits", DIGITS, Labelled(images[train], labels[train]), Labelled(images[test], labels[test]))


def _mnist(folder: Path) -> DataSet:
    train, test = (_labelled(*mnist.read(folder, part), margin=2) for part in ("train", "t10k"))
    return DataSet("mnist", DIGITS, train, test)


def _cifar10(folder: Path) -> DataSet:
    train, test = (_labelled(*cifar10.read(folder, names)) for names in (cifar10.TRAIN, cifar10.TEST))
    return DataSet("cifar10", cifar10.CLASSES, train, test)


def _labelled(images: NDArray[np.uint8], labels: NDArray[np.uint8], margin: int = 0) -> Labelled:
    """images: shape (images, channels, height, width). margin: black pixels around each, to a side that networks can halve."""
    pixels = torch.nn.functional.pad(torch.from_numpy(images.astype(np.float32)) / 255, (margin,) * 4)
    return Labelled(_signed(pixels), torch.from_numpy(labels.astype(np.int64)))


def _signed(pixels: Tensor) -> Tensor:
    return pixels * 2 - 1


READERS: dict[str, Callable[[Path], DataSet]] = {"digits": _digits, "mnist": _mnist, "cifar10": _cifar10}
