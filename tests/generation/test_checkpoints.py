import importlib.metadata
import json
import shutil
import weakref
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from huggingface_hub import constants
from safetensors.torch import load_file

from generation.checkpoints import KEPT_WARM, library_versions, load
from generation.digests import digest_of
from generation.hub import CheckpointNotFound, resolve_revision
from generation.pipelines import UnsupportedCheckpoint, read_pipeline
from tests.tiny_checkpoint import drop_safety_checker

COMMIT = "0123456789abcdef" * 2 + "01234567"


@pytest.fixture
def copied(tiny_folder: Path, tmp_path: Path) -> Path:
    """A checkpoint that a test may change."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "copied"))


def test_a_checkpoint_stays_warm(tiny_folder: Path) -> None:
    assert load(str(tiny_folder)) is load(str(tiny_folder))


def test_the_content_on_disk_is_the_revision_of_what_was_loaded_without_one(copied: Path) -> None:
    before = load(str(copied))
    assert before.revision == digest_of(copied)
    (copied / "vae" / "config.json").write_text((copied / "vae" / "config.json").read_text() + " ")
    assert load(str(copied)).revision == digest_of(copied) != before.revision


def test_the_checkpoint_used_least_lately_is_gone_before_another_is_loaded(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [shutil.copytree(tiny_folder, tmp_path / str(number)) for number in range(KEPT_WARM + 1)]
    unets = [weakref.ref(load(str(folder)).denoiser.unet) for folder in folders[:-1]]
    left = list[bool]()

    def watched(*arguments: Any) -> Any:
        left.extend(unet() is not None for unet in unets)
        return read_pipeline(*arguments)

    load(str(folders[0]))
    monkeypatch.setattr("generation.checkpoints.read_pipeline", watched)
    load(str(folders[-1]))
    assert left == [True, False]


def test_weights_kept_in_half_precision_are_computed_in_full_on_a_cpu(tiny_folder: Path, tmp_path: Path) -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(tiny_folder)
    pipeline.to(torch.float16, silence_dtype_warnings=True).save_pretrained(tmp_path)
    loaded = load(str(tmp_path))
    kept = load_file(tmp_path / "unet" / "diffusion_pytorch_model.safetensors")["conv_in.weight"]
    assert kept.dtype == torch.float16
    assert torch.equal(loaded.denoiser.unet.conv_in.weight, kept.float())
    assert {loaded.dtype, loaded.denoiser.vae.dtype, loaded.denoiser.text_encoder.dtype} == {torch.float32}


def test_a_checkpoint_knows_its_sizes(tiny_folder: Path) -> None:
    denoiser = load(str(tiny_folder)).denoiser
    assert denoiser.native_size == 64
    assert denoiser.latent_shape(64) == (4, 8, 8)


def test_a_checkpoint_without_a_safety_checker_loads(copied: Path) -> None:
    loaded = load(str(drop_safety_checker(copied)))
    assert loaded.safety_checker is None
    assert loaded.feature_extractor is None


def test_a_folder_without_its_weights_is_refused(copied: Path) -> None:
    (copied / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(CheckpointNotFound, match="could not be loaded"):
        load(str(copied))


def test_pickled_weights_are_refused(copied: Path) -> None:
    weights = copied / "unet" / "diffusion_pytorch_model.safetensors"
    torch.save(load_file(weights), weights.with_suffix(".bin"))
    weights.unlink()
    with pytest.raises(CheckpointNotFound, match="could not be loaded"):
        load(str(copied))


def test_a_pipeline_of_another_kind_is_refused(copied: Path) -> None:
    index = json.loads((copied / "model_index.json").read_text())
    (copied / "model_index.json").write_text(json.dumps({**index, "_class_name": "FluxPipeline"}))
    with pytest.raises(
        UnsupportedCheckpoint, match=r"is a FluxPipeline; choose a checkpoint of Stable Diffusion 1\.x, 2\.x or XL"
    ):
        load(str(copied))


def test_a_pipeline_of_the_checkpoints_own_is_refused(copied: Path) -> None:
    index = json.loads((copied / "model_index.json").read_text())
    (copied / "model_index.json").write_text(json.dumps({**index, "_class_name": ["pipeline", "Own"]}))
    with pytest.raises(UnsupportedCheckpoint, match=r"is a \['pipeline', 'Own'\]; choose a checkpoint of Stable Diffusion"):
        load(str(copied))


def test_new_weights_under_an_old_name_are_no_longer_the_checkpoint(copied: Path) -> None:
    revision = resolve_revision(str(copied))
    (copied / "vae" / "config.json").write_text((copied / "vae" / "config.json").read_text() + " ")
    with pytest.raises(CheckpointNotFound, match=f"has changed: it is sha256:.*, not {revision}. Add the checkpoint again"):
        load(str(copied), revision)


def test_a_checkpoint_on_disk_loads_at_its_revision(tiny_folder: Path) -> None:
    revision = resolve_revision(str(tiny_folder))
    assert load(str(tiny_folder), revision).revision == revision


def test_a_checkpoint_of_the_hub_loads_from_the_cache_without_a_connection(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny_folder, tmp_path / "models--owner--tiny" / "snapshots" / COMMIT)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert load("owner/tiny", COMMIT).revision == COMMIT


def test_a_checkpoint_of_the_hub_that_cannot_be_reached_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(CheckpointNotFound, match=f"owner/missing at revision {COMMIT} could not be loaded"):
        load("owner/missing", COMMIT)


def test_the_versions_are_those_that_are_installed() -> None:
    versions = library_versions()
    assert versions["diffusers"] == importlib.metadata.version("diffusers")
    assert versions["torch"].startswith(torch.__version__.partition("+")[0])
