"""The digits that come with scikit-learn, and files of MNIST and CIFAR10 as their authors wrote them, a few images long."""

import gzip
import pickle
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from generation.experiments.class_removal.cifar10 import TEST, TRAIN
from generation.experiments.class_removal.data import read
from generation.experiments.class_removal.files import BadFile

PIXELS = np.arange(2 * 28 * 28).reshape(2, 28, 28) % 256


def write_mnist(folder: Path, labels: bytes = b"\x07\x03") -> None:
    images = struct.pack(">iiii", 0x00000803, 2, 28, 28) + PIXELS.astype(np.uint8).tobytes()
    for part in ("train", "t10k"):
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(struct.pack(">ii", 0x801, len(labels)) + labels))


def write_cifar10(folder: Path) -> None:
    for number, name in enumerate((*TRAIN, *TEST)):
        rows = np.full((2, 3 * 32 * 32), number, np.uint8)
        rows[:, :1024] = 255  # red comes first
        (folder / name).write_bytes(pickle.dumps({b"data": rows, b"labels": [number, 9]}, protocol=3))


def test_the_digits_are_scikit_learns_a_fifth_of_each_class_for_testing() -> None:
    data = read("digits")
    assert data.train.images.shape == (1437, 1, 8, 8)
    assert len(data.test.labels) == 360
    assert sorted([*data.train.labels.tolist(), *data.test.labels.tolist()]) == sorted(load_digits().target.tolist())
    assert set(torch.bincount(data.test.labels).tolist()) <= {35, 36, 37}
    assert (data.train.images.min(), data.train.images.max()) == (-1, 1)


def test_a_class_and_all_others_are_all_images() -> None:
    train = read("digits").train
    assert len(train.of(3)) + len(train.without(3)) == 1437
    assert len(train.of(3)) == int((train.labels == 3).sum())


@pytest.mark.parametrize("zipped", [True, False])
def test_mnist_is_read_zipped_or_not_with_two_black_pixels_around(tmp_path: Path, zipped: bool) -> None:
    write_mnist(tmp_path)
    for path in [] if zipped else list(tmp_path.iterdir()):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    data = read("mnist", tmp_path)
    assert data.train.labels.tolist() == data.test.labels.tolist() == [7, 3]
    assert data.train.images.shape == (2, 1, 32, 32)
    assert data.train.images[1, 0, 2, 3].item() == pytest.approx(PIXELS[1, 0, 1] / 255 * 2 - 1)
    assert data.train.images[:, :, :2].unique().tolist() == [-1]


def test_cifar10_is_read_from_its_batches(tmp_path: Path) -> None:
    write_cifar10(tmp_path)
    data = read("cifar10", tmp_path)
    assert data.train.labels.tolist() == [0, 9, 1, 9, 2, 9, 3, 9, 4, 9]
    assert data.test.labels.tolist() == [5, 9]
    assert data.test.images.shape == (2, 3, 32, 32)
    assert data.test.images[0, :, 0, 0].tolist() == pytest.approx([1, 5 / 255 * 2 - 1, 5 / 255 * 2 - 1])


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("mnist", "lacks train-images-idx3-ubyte, train-labels-idx1-ubyte of MNIST: get"),
        ("cifar10", "lacks data_batch_1, data_"),
    ],
)
def test_a_missing_folder_says_which_files_to_get(tmp_path: Path, name: str, missing: str) -> None:
    with pytest.raises(FileNotFoundError, match=missing):
        read(name, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is no idx file of bytes in 3 dimensions"),
        (struct.pack(">iiii", 0x00000803, 2, 28, 28) + b"short", "has 5 bytes for an array of 2 × 28 × 28"),
    ],
)
def test_what_is_no_idx_file_is_refused(tmp_path: Path, content: bytes, fault: str) -> None:
    write_mnist(tmp_path)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(content)
    with pytest.raises(BadFile, match=fault):
        read("mnist", tmp_path)


def test_as_many_labels_as_images_are_needed(tmp_path: Path) -> None:
    write_mnist(tmp_path, labels=b"\x01")
    with pytest.raises(BadFile, match="has 1 labels for 2 images; get it again"):
        read("mnist", tmp_path)


class Malicious:
    """What a batch must not be: a pickle that runs a program when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return subprocess.check_call, (["touch", str(self.path)],)


def test_a_pickle_that_would_run_code_is_refused_and_runs_none(tmp_path: Path) -> None:
    write_cifar10(tmp_path)
    (tmp_path / "data_batch_2").write_bytes(pickle.dumps(Malicious(tmp_path / "ran")))
    with pytest.raises(BadFile, match=r"data_batch_2 is no batch of CIFAR10: it names subprocess.check_call, which no batch"):
        read("cifar10", tmp_path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"no pickle", "is no"),
        (b"", "is no pickle"),
        (pickle.dumps({b"data": np.zeros((1, 5), np.uint8), b"labels": [1]}), "is no batch of images with labels"),
        (pickle.dumps([1, 2]), "is no batch of images with labels"),
        (pickle.dumps({b"data": np.zeros((1, 3072), np.uint8), b"labels": [10]}), "has labels that do not fit its images"),
        (pickle.dumps({b"data": np.zeros((1, 3072), np.uint8), b"labels": [1, 2]}), "has labels that do not fit its images"),
    ],
)
def test_what_is_no_batch_is_refused(tmp_path: Path, content: bytes, fault: str) -> None:
    write_cifar10(tmp_path)
    (tmp_path / "data_batch_1").write_bytes(content)
    with pytest.raises(BadFile, match=fault):
        read("cifar10", tmp_path)
