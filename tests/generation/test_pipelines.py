"""What can be read as a checkpoint, and what is refused; that it computes as diffusers does is tested with the denoisers."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import save_file

from generation.checkpoints import load
from generation.hub import CheckpointNotFound
from generation.pipelines import CONFIGURATIONS, UnsupportedCheckpoint
from generation.sampler import Row, sample
from tests.tiny_families import build_single_file, build_tiny_sd2, copy_configuration

ROW = Row("a red ring and a star", 5, "cfg", {"scale": 7.5}, "ddim", 3, 64)
SD_1, _ = CONFIGURATIONS.values()


@pytest.fixture(scope="module")
def weights(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny checkpoint as a single file, with no configuration beside it."""
    return build_single_file(tiny_folder, tmp_path_factory.mktemp("single") / "tiny.safetensors")


@pytest.fixture
def file(weights: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(weights, tmp_path / "tiny.safetensors"))


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache, empty, and no connection."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return tmp_path / "cache"


def pixels(name: Path) -> Any:
    (drawn,) = sample(load(str(name)).denoiser, [ROW])
    return drawn.pixels


def test_a_single_file_draws_as_the_folder_that_it_was_made_of(tiny_folder: Path, file: Path, hub_cache: Path) -> None:
    copy_configuration(tiny_folder, file.with_suffix(""))
    assert np.array_equal(pixels(file), pixels(tiny_folder))
    assert not hub_cache.exists()


def test_a_single_file_has_no_safety_checker(tiny_folder: Path, file: Path) -> None:
    copy_configuration(tiny_folder, file.with_suffix(""))
    assert load(str(file)).safety_checker is None


def test_the_configuration_of_a_single_file_comes_from_its_family_on_the_hub(
    tiny_folder: Path, file: Path, hub_cache: Path
) -> None:
    model, commit = hub_cache / f"models--{SD_1.replace('/', '--')}", "a" * 40
    copy_configuration(tiny_folder, model / "snapshots" / commit)
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text(commit)
    assert np.array_equal(pixels(file), pixels(tiny_folder))


@pytest.mark.usefixtures("hub_cache")
def test_a_single_file_whose_configuration_cannot_be_reached_is_refused(file: Path) -> None:
    with pytest.raises(CheckpointNotFound, match=r"tiny\.safetensors at revision sha256:\w+ could not be loaded"):
        load(str(file))


def test_a_single_file_that_does_not_tell_its_configuration_asks_for_it(tmp_path: Path) -> None:
    save_file({"cond_stage_model.model.ln_final.weight": torch.zeros(1)}, tmp_path / "sd2.safetensors")
    with pytest.raises(UnsupportedCheckpoint, match=r"put a folder sd2/ beside it, with the model_index\.json"):
        load(str(tmp_path / "sd2.safetensors"))


def test_a_single_file_that_is_no_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.safetensors").write_text("no weights")
    with pytest.raises(UnsupportedCheckpoint, match="is no whole checkpoint"):
        load(str(tmp_path / "text.safetensors"))


def test_a_single_file_without_a_part_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    save_file({"cond_stage_model.transformer.nothing": torch.zeros(1)}, tmp_path / "part.safetensors")
    copy_configuration(tiny_folder, tmp_path / "part")
    with pytest.raises(UnsupportedCheckpoint, match="is no whole checkpoint"):
        load(str(tmp_path / "part.safetensors"))


@pytest.mark.parametrize("name", ["text_encoder/pytorch_model.bin", "unet/model.safetensors", "vae/model.bin.index.json"])
def test_weights_in_the_configuration_of_a_single_file_are_refused(tiny_folder: Path, file: Path, name: str) -> None:
    (copy_configuration(tiny_folder, file.with_suffix("")) / name).touch()
    with pytest.raises(UnsupportedCheckpoint, match=f"{name} is of weights, and .*: take the weights out of that folder"):
        load(str(file))


def test_a_configuration_that_takes_parts_from_other_libraries_is_refused(tiny_folder: Path, file: Path) -> None:
    index = copy_configuration(tiny_folder, file.with_suffix("")) / "model_index.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), "tokenizer": ["antigravity", "Tokenizer"]}))
    with pytest.raises(UnsupportedCheckpoint, match="takes parts from antigravity; choose a checkpoint whose"):
        load(str(file))


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        ({"rescale_betas_zero_snr": True, "prediction_type": "v_prediction"}, "zero terminal SNR"),
        ({"prediction_type": "sample"}, "its UNet predicts “sample”, not “epsilon” or “v_prediction”"),
    ],
)
def test_noise_levels_that_cannot_be_sampled_are_refused(tmp_path: Path, levels: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnsupportedCheckpoint, match=f"cannot be used: .*{sentence}"):
        load(str(build_tiny_sd2(tmp_path, **levels)))


def test_noise_levels_of_another_kind_are_refused(tmp_path: Path) -> None:
    folder = build_tiny_sd2(tmp_path)
    index = json.loads((folder / "model_index.json").read_text())
    index["scheduler"] = ["diffusers", "EDMEulerScheduler"]
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "scheduler" / "scheduler_config.json").write_text('{"_class_name": "EDMEulerScheduler"}')
    with pytest.raises(UnsupportedCheckpoint, match="EDMEulerScheduler, are of another kind"):
        load(str(folder))


@pytest.mark.parametrize(
    ("own", "sentence"),
    [({"in_channels": 9}, "takes 9 channels, not the latent alone"), ({"time_cond_proj_dim": 8}, "is distilled")],
)
def test_unets_that_want_more_than_latents_and_texts_are_refused(tmp_path: Path, own: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnsupportedCheckpoint, match=sentence):
        load(str(build_tiny_sd2(tmp_path, own)))
