"""The checks of checkpoints, captioners, GPUs and chat endpoints."""

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_django import Settings

from evalsite.doctor.checks import captioners, chat, checkpoints, gpu
from evalsite.doctor.gpus import DriverFails, Gpu, gpus_here
from generation.models import Checkpoint
from tests.evalsite.doctor.looking import codes
from tests.factories_generation import CheckpointFactory, ConditionFactory
from tests.studies.channels.mturk.questions.servers import answering

H200 = Gpu("NVIDIA H200", 143771, 143000, "580.95.05")
SEEN = {"torch": "2.13.0", "cuda": "13.0", "gpus": 1, "device": "cuda", "name": "NVIDIA H200", "total": 150 << 30}


def folder_of_diffusers(path: Path, *, screened: bool = True) -> Path:
    """What a digest reads: an index and a part."""
    index: dict[str, Any] = {"unet": ["diffusers", "UNet2DConditionModel"]}
    if screened:
        index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    (path / "unet").mkdir(parents=True)
    (path / "unet" / "config.json").write_text("{}")
    (path / "model_index.json").write_text(json.dumps(index))
    return path


def used(name: str, **fields: str) -> Checkpoint:
    """A checkpoint that a condition uses, added as the admin adds it."""
    checkpoint = CheckpointFactory.build(**{"name": name, "revision": "", **fields})
    checkpoint.clean()
    checkpoint.save()
    ConditionFactory.create(checkpoint=checkpoint)
    return checkpoint


@pytest.mark.django_db
def test_a_checkpoint_as_it_was_added_is_well_and_one_with_other_weights_or_none_is_found(tmp_path: Path) -> None:
    folder = folder_of_diffusers(tmp_path / "sd")
    used(str(folder))
    assert codes(checkpoints.check()) == []
    (folder / "unet" / "config.json").write_text('{"sample_size": 96}')
    assert codes(checkpoints.check()) == ["checkpoint-changed"]
    (folder / "model_index.json").unlink()
    assert codes(checkpoints.check()) == ["checkpoint-missing"]


@pytest.mark.django_db
def test_a_checkpoint_that_nobody_screens_is_found(tmp_path: Path) -> None:
    used(str(folder_of_diffusers(tmp_path / "own", screened=False)))
    (tmp_path / "empty").mkdir()
    used(str(folder_of_diffusers(tmp_path / "named")), safety_checker=str(tmp_path / "empty"))
    assert [found.code for found in checkpoints.check()] == ["safety-checker-missing", "safety-checker-missing"]


@pytest.mark.django_db
def test_weights_of_the_hub_that_were_not_downloaded_at_that_revision_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used("lab/model", revision="a" * 40)
    used(str(folder_of_diffusers(tmp_path / "sd")), safety_checker="lab/checker")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    here = tmp_path / "hub" / "models--lab--model" / "snapshots" / ("b" * 40)
    here.mkdir(parents=True)
    (here / "model_index.json").write_text("{}")
    assert codes(checkpoints.check()) == ["safety-checker-not-cached", "checkpoint-not-cached"]
    here.rename(here.with_name("a" * 40))
    assert codes(checkpoints.check()) == ["safety-checker-not-cached"]


@pytest.mark.django_db
def test_a_captioner_that_changed_went_or_was_never_here_is_found(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "blip"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    ConditionFactory.create(method="auto_dnp", negative_sources=[{"source": "auto_dnp", "captioner": str(folder)}])
    assert codes(captioners.check()) == []
    (folder / "model.safetensors").write_bytes(b"others")
    assert codes(captioners.check()) == ["captioner-changed"]
    (folder / "config.json").unlink()
    assert codes(captioners.check()) == ["captioner-missing"]
    of_hub = {"source": "auto_dnp", "captioner": "lab/captioner", "revision": "c" * 40}
    ConditionFactory.create(method="auto_dnp", negative_sources=[of_hub])
    ConditionFactory.create(method="auto_dnp", negative_sources=[{"source": "auto_dnp", "captioner": "chat:gpt-4o"}])
    settings.CHAT_URL = ""
    assert codes(captioners.check()) == ["captioner-missing", "captioner-not-cached", "chat-missing"]


@pytest.mark.parametrize(("status", "code"), [(401, "chat-key-refused"), (500, "chat-troubled"), (404, None), (200, None)])
def test_a_chat_endpoint_is_asked_for_nothing_that_costs(status: int, code: str | None) -> None:
    with answering(status, {}) as url:
        assert codes(chat.findings(url, "open-sesame", "gpt-4o")) == ([code] if code else [])


def test_a_chat_endpoint_that_is_down_or_has_another_model_is_found() -> None:
    assert codes(chat.findings("http://127.0.0.1:1/v1", "", "")) == ["chat-unreachable"]
    listed = httpx.Response(200, json={"object": "list", "data": [{"id": "llama", "object": "model"}]})
    assert codes([chat.judged("http://chat", listed, "gpt-4o")]) == ["chat-model-unknown"]
    assert codes([chat.judged("http://chat", listed, "llama")]) == []


def test_torch_in_a_process_of_its_own_tells_a_device_that_is_not_here() -> None:
    assert codes(gpu.judged(gpu.asked("cuda:7"), [])) == ["device-missing"]


def test_a_torch_that_does_not_start_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "COMMAND", (sys.executable, "-c", "import no_such_torch"))
    [finding] = [found for found in gpu.check() if found.code == "torch-fails"]
    assert "No module named 'no_such_torch'" in finding.sentence


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({**SEEN, "free": 140 << 30}, []),
        ({**SEEN, "free": 1 << 30}, ["gpu-memory-little"]),
        ({"torch": "2.13.0+cpu", "cuda": None, "gpus": 0, "device": "cpu"}, ["gpu-unseen"]),
    ],
)
def test_what_torch_tells_is_held_against_what_the_driver_tells(told: dict[str, Any], code: list[str]) -> None:
    assert codes(gpu.judged(told, [H200])) == code


def test_the_drivers_words_are_read_and_told_where_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says = tmp_path / "nvidia-smi"
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    says.write_text("#!/bin/sh\necho 'NVIDIA H200, 143771, 143000, 580.95.05'\n")
    says.chmod(0o755)
    assert gpus_here() == [H200]
    says.write_text("#!/bin/sh\necho 'Failed to initialize NVML: Driver/library version mismatch'\nexit 18\n")
    with pytest.raises(DriverFails, match="library version mismatch"):
        gpus_here()
    monkeypatch.setattr(gpu, "asked", lambda _device: {"torch": "2.13.0", "cuda": None, "gpus": 0, "device": "cpu"})
    assert codes(gpu.check()) == ["driver-fails"]
