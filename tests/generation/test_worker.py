"""Real worker processes on a database file and the filesystem broker, with a tiny checkpoint."""

import hashlib
import subprocess
import threading
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from generation.models import Batch, Image, Run
from generation.storing import file_name
from tests.factories_generation import (
    BatchFactory,
    CheckpointFactory,
    ConditionFactory,
    ImageFactory,
    PromptFactory,
    PromptSetFactory,
    RunFactory,
)
from tests.generation.site import Site, site, wait_until

__all__ = ["site"]


def make_run(folder: Path, evaluations: int) -> Run:
    """Two batches of four images on the checkpoint in a folder."""
    prompt_set = PromptSetFactory.create()
    PromptFactory.create_batch(2, prompt_set=prompt_set)
    checkpoint = CheckpointFactory.create(name=str(folder), revision="")
    conditions = [
        ConditionFactory.create(checkpoint=checkpoint, evaluations=evaluations, settings={"scale": scale}) for scale in (1, 7.5)
    ]
    return RunFactory.create(name="mine", prompt_sets=[prompt_set], conditions=conditions, seeds="0-1", batch_size=4)


def generate(site: Site, *arguments: str) -> "subprocess.CompletedProcess[str]":
    done = site.manage("generate", "mine", *arguments)
    assert done.returncode == 0, done.stderr
    return done


def assert_complete(site: Site) -> None:
    """Every image is done, and the files are those of the rows and no others."""
    images = list(Image.objects.select_related("condition"))
    assert {image.state for image in images} == {"done"}
    assert {image.file.name for image in images} == {file_name(image) for image in images}
    files = [path for path in (site.folder / "images").rglob("*") if path.is_file()]
    assert sorted(files) == sorted(Path(image.file.path) for image in images)
    assert all(hashlib.sha256(Path(image.file.path).read_bytes()).hexdigest() == image.sha256 for image in images)


def test_a_worker_makes_a_run_once_however_often_it_is_called(site: Site, tiny_folder: Path) -> None:
    make_run(tiny_folder, evaluations=2)
    generate(site)
    generate(site)
    assert (Image.objects.count(), len(site.messages)) == (8, 4)
    with site.worker("only"):
        generate(site, "--wait")
        before = list(Image.objects.values())
        wait_until(lambda: not site.messages, "the worker to take the repeated messages")
    assert list(Image.objects.values()) == before
    assert_complete(site)


def test_a_killed_worker_costs_only_its_batch(site: Site, tiny_folder: Path) -> None:
    make_run(tiny_folder, evaluations=200)
    generate(site)
    with site.worker("killed") as worker:
        wait_until(lambda: Batch.objects.held(timezone.now()).exists(), "the worker to take a batch")
        worker.kill()
        worker.wait()
    assert set(Batch.objects.exclude(holder="").get().images.values_list("state", flat=True)) == {"queued"}
    with site.worker("next"):
        generate(site, "--wait")
    assert_complete(site)
    assert Image.objects.count() == 8


@pytest.mark.usefixtures("site")
def test_one_of_many_workers_wins_a_batch() -> None:
    workers = 8
    batch = BatchFactory.create()
    ImageFactory.create(batch=batch, state=Image.State.QUEUED)
    start, won = threading.Barrier(workers), list[bool]()

    def claim(name: str) -> None:
        start.wait()
        won.append(batch.claim(name, timezone.now()))
        connection.close()

    threads = [threading.Thread(target=claim, args=[f"worker {number}"]) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * (workers - 1) + [True]
    assert Batch.objects.get().claims == 1
