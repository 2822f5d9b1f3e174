"""CIFAR10 from its Python batches (Krizhevsky, 2009), which are pickles: nothing is unpickled but arrays and plain values."""

import io
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy._core.multiarray import _reconstruct
from numpy.typing import NDArray

from generation.experiments.class_removal.files import BadFile, require

WHERE = "https://www.cs.toronto.edu/~kriz/cifar.html (the Python version)"
TRAIN = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST = ("test_batch",)
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SHAPE = (3, 32, 32)
# All that the batches name: they were written by Python 2, whose numpy kept its functions elsewhere.
ALLOWED: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class _Unpickler(pickle.Unpickler):
    """Refuses whatever could run code."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"names {module}.{name}, which no batch of CIFAR10 does") from None


def read(folder: Path, names: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images of shape (images, 3, 32, 32) and their classes, of these batches. Raises FileNotFoundError and BadFile."""
    require(folder, names, "CIFAR10", WHERE)
    batches = [_batch(folder / name) for name in names]
    return np.concatenate([images for images, _ in batches]), np.concatenate([labels for _, labels in batches])


def _batch(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    content = _unpickled(path)
    try:
        images = np.asarray(content[b"data"], dtype=np.uint8).reshape(-1, *SHAPE)
        labels = np.asarray(content[b"labels"], dtype=np.uint8)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise BadFile(path, "is no batch of images with labels") from None
    if len(images) != len(labels) or labels.max(initial=0) >= len(CLASSES):
        raise BadFile(path, "has labels that do not fit its images")
    return images, labels


def _unpickled(path: Path) -> Any:
    try:
        return _Unpickler(io.BytesIO(path.read_bytes()), encoding="bytes").load()
    except pickle.UnpicklingError as error:
        raise BadFile(path, f"is no batch of CIFAR10: it {error}") from error
    except (EOFError, IndexError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadFile(path, "is no pickle") from error
