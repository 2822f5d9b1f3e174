"""Screening, against what StableDiffusionPipeline's own screening says."""

import copy
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from numpy.typing import NDArray
from safetensors.torch import load_file

from generation import hub
from generation.checkpoints import Loaded, load
from generation.safety import NoSafetyChecker, checker_for
from tests.tiny_checkpoint import FLAGS_ALL, build_tiny_checkpoint, drop_safety_checker


@pytest.fixture(scope="module")
def images() -> list[NDArray[np.uint8]]:
    draw = np.random.default_rng(0)
    return [draw.integers(low, low + 128, (64, 64, 3), dtype=np.uint8) for low in range(0, 128, 8)]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint whose safety checker flags everything."""
    return build_tiny_checkpoint(tmp_path_factory.mktemp("strict"), flag_above=FLAGS_ALL)


def by_diffusers(folder: Path, images: list[NDArray[np.uint8]]) -> Any:
    pipeline: Any = StableDiffusionPipeline.from_pretrained(folder)
    pixels = np.stack(images).astype(np.float32) / 255
    return pipeline.run_safety_checker(pixels, pipeline.device, pipeline.dtype)[1]


def test_flags_are_those_of_the_pipeline(tmp_path: Path, images: list[NDArray[np.uint8]]) -> None:
    folder = build_tiny_checkpoint(tmp_path, flag_above=0.3)
    flags = checker_for("", load(str(folder))).flags(images)
    assert flags == by_diffusers(folder, images)
    assert set(flags) == {True, False}


def test_screening_changes_no_image(strict: Path, images: list[NDArray[np.uint8]]) -> None:
    before = np.stack(images)
    assert all(checker_for("", load(str(strict))).flags(images))
    assert np.array_equal(np.stack(images), before)


def test_another_checker_than_the_checkpoint_s_own_can_be_named(
    tiny: Loaded, strict: Path, images: list[NDArray[np.uint8]]
) -> None:
    own, named = checker_for("", tiny), checker_for(str(strict), tiny)
    assert (own.name, named.name) == (tiny.name, str(strict))
    assert not any(own.flags(images))
    assert all(named.flags(images))


def test_a_bare_checker_is_found_as_well_as_one_in_a_pipeline(
    tiny: Loaded, strict: Path, tmp_path: Path, images: list[NDArray[np.uint8]]
) -> None:
    for part in ("safety_checker", "feature_extractor"):
        shutil.copytree(strict / part, tmp_path, dirs_exist_ok=True)
    assert all(checker_for(str(tmp_path), tiny).flags(images))


def test_a_checker_kept_in_half_precision_computes_in_full(tiny: Loaded, strict: Path, tmp_path: Path) -> None:
    shutil.copytree(strict / "feature_extractor", tmp_path, dirs_exist_ok=True)
    model: Any = copy.deepcopy(checker_for(str(strict), tiny).model)
    model.to(torch.float16).save_pretrained(tmp_path)
    assert checker_for(str(tmp_path), tiny).model.dtype == torch.float32


def test_the_bundled_checker_can_be_named(
    tiny: Loaded, strict: Path, images: list[NDArray[np.uint8]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "BUNDLED_FOLDER", strict)
    checker = checker_for("bundled", tiny)
    assert checker.name == "bundled"
    assert all(checker.flags(images))


def test_a_checkpoint_without_a_checker_asks_for_one(tiny_folder: Path, tmp_path: Path) -> None:
    bare = drop_safety_checker(Path(shutil.copytree(tiny_folder, tmp_path / "bare")))
    with pytest.raises(NoSafetyChecker, match="name one in its settings"):
        checker_for("", load(str(bare)))


@pytest.mark.parametrize("name", ["no/such/folder", "/no/such/folder", "nobody"])
def test_a_checker_that_is_not_there_is_refused(
    tiny: Loaded, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(NoSafetyChecker, match=f"No safety checker could be loaded from {name}"):
        checker_for(name, tiny)


def test_a_checker_with_pickled_weights_is_refused(tiny: Loaded, strict: Path, tmp_path: Path) -> None:
    for part in ("safety_checker", "feature_extractor"):
        shutil.copytree(strict / part, tmp_path, dirs_exist_ok=True)
    weights = tmp_path / "model.safetensors"
    torch.save(load_file(weights), tmp_path / "pytorch_model.bin")
    weights.unlink()
    with pytest.raises(NoSafetyChecker, match="weights in safetensors"):
        checker_for(str(tmp_path), tiny)


def test_a_folder_without_a_checker_is_refused(tiny: Loaded, tmp_path: Path) -> None:
    with pytest.raises(NoSafetyChecker, match="No safety checker could be loaded"):
        checker_for(str(tmp_path), tiny)
