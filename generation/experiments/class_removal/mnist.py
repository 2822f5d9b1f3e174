"""MNIST from its four idx files, gzipped or not (LeCun, Cortes & Burges, "The MNIST database of handwritten digits")."""

import gzip
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.experiments.class_removal.files import BadFile, require

WHERE = "http://yann.lecun.com/exdb/mnist/ or a mirror"
KINDS = ("images-idx3-ubyte", "labels-idx1-ubyte")
UNSIGNED_BYTE = 8  # idx's number for the type
GZIP = b"\x1f\x8b"


def read(folder: Path, part: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images of shape (images, 1, 28, 28) and their digits; part: "train" or "t10k". Raises FileNotFoundError and BadFile."""
    names = [f"{part}-{kind}" for kind in KINDS]
    if not all((folder / f"{name}.gz").is_file() for name in names):
        require(folder, names, "MNIST", WHERE)
    images, labels = (_idx(_path(folder, name), dimensions) for name, dimensions in zip(names, (3, 1), strict=True))
    if len(images) != len(labels):
        raise BadFile(folder / names[1], f"has {len(labels)} labels for {len(images)} images")
    return images[:, None], labels


def _path(folder: Path, name: str) -> Path:
    zipped = folder / f"{name}.gz"
    return zipped if zipped.is_file() else folder / name


def _idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The array in an idx file: two zeros, the type, the number of dimensions, their sizes as big-endian int32, the bytes."""
    content = path.read_bytes()
    content = gzip.decompress(content) if content.startswith(GZIP) else content
    start = 4 + 4 * dimensions
    if content[:4] != bytes((0, 0, UNSIGNED_BYTE, dimensions)) or len(content) < start:
        raise BadFile(path, f"is no idx file of bytes in {dimensions} dimension{'s' if dimensions > 1 else ''}")
    sizes = [int(size) for size in np.frombuffer(content[4:start], dtype=">i4")]
    if len(content) != start + math.prod(sizes):
        raise BadFile(path, f"has {len(content) - start} bytes for an array of {' × '.join(map(str, sizes))}")
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(sizes).copy()
