"""Batches that no worker can make: the others go on, and each of these says why."""

import resource
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from generation.models import Batch, Image
from generation.tasks import MOST_CLAIMS
from tests.faults.site import Outcomes, Site, doctor_says, outcomes, plan_run, wait_until
from tests.tiny_checkpoint import tokenizer

SPARE_BYTES = 96 * 2**20  # less than two layers of the decoder take at LARGE pixels a side, and much more than at 64
LARGE = 1024


@pytest.fixture
def overflowing_folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """The tiny checkpoint, whose text encoder means by “z” what is no number."""
    folder = shutil.copytree(tiny_folder, tmp_path / "overflowing")
    path = folder / "text_encoder" / "model.safetensors"
    weights = load_file(path)
    (embedding,) = (weights[name] for name in weights if name.endswith("token_embedding.weight"))
    embedding[tokenizer().convert_tokens_to_ids("z</w>")] = torch.nan
    save_file(weights, path, {"format": "pt"})
    return folder


def reasons(run: str) -> set[tuple[str, str]]:
    """The states of a run's images, with how their reasons begin."""
    found = Image.objects.filter(run__name=run).values_list("state", "reason")
    return {(state, reason.partition(":")[0]) for state, reason in found}


def test_what_cannot_be_loaded_overflows_or_does_not_fit_fails_alone(
    site: Site, tiny_folder: Path, overflowing_folder: Path, clean: Outcomes
) -> None:
    lost = shutil.copytree(tiny_folder, site.folder / "lost")
    plan_run(lost, "lost")
    shutil.rmtree(lost)
    plan_run(overflowing_folder, "overflowing", prompts="az", evaluations=2)
    plan_run(tiny_folder)
    site.call()
    with site.worker("only") as worker:
        site.finish()
        limit_memory(worker.pid)
        plan_run(tiny_folder, "large", prompts="a", seeds="0", size=LARGE, evaluations=1)
        site.finish()
    assert reasons("lost") == {("failed", "CheckpointNotFound")}
    assert reasons("overflowing") == {("done", ""), ("failed", "NotFinite")}
    assert set(Image.objects.filter(prompt__text="z").values_list("state", flat=True)) == {"failed"}
    assert reasons("large") == {("failed", "OutOfMemory")}
    assert "rows-failed" in doctor_says()
    assert outcomes() == clean


def limit_memory(pid: int | None) -> None:
    """Let a process have little more memory than it has now."""
    assert pid
    (size,) = (line.split()[1] for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmSize:"))
    limit = int(size) * 1024 + SPARE_BYTES
    resource.prlimit(pid, resource.RLIMIT_AS, (limit, limit))


def test_a_batch_that_kills_its_workers_fails_after_some_and_the_others_are_made(
    site: Site, tiny_folder: Path, clean: Outcomes
) -> None:
    plan_run(tiny_folder, "deadly", prompts="c", evaluations=200)
    (deadly,) = Batch.objects.all()
    for number in range(1, MOST_CLAIMS + 1):
        with site.worker(f"killed {number}"):
            taken = Batch.objects.filter(pk=deadly.pk, claims=number)
            site.sweep_until(taken.all().exists, "the worker to take the batch")
    wait_until(lambda: "batch-poisoned" in doctor_says(), "the doctor to find it")
    plan_run(tiny_folder)
    with site.worker("last"):
        site.finish()
    why = f"{MOST_CLAIMS} workers stopped while they were at this batch; try a smaller batch size in the run."
    assert reasons("deadly") == {("failed", why)}
    assert outcomes() == clean
