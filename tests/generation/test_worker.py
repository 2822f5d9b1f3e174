"""Real worker processes on a database file and the filesystem broker, with a tiny checkpoint."""

import hashlib
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from generation import quotations
from generation.models import Batch, Caption, Image, NegativeText, Run
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
from tests.tiny_captioners import build_blip

__all__ = ["site"]


TWO_SCALES = ({"settings": {"scale": 1}}, {"settings": {"scale": 7.5}})


def make_run(folder: Path, evaluations: int, *conditions: dict[str, Any]) -> Run:
    """Two prompts and two seeds under conditions on the checkpoint in a folder, cut into fours; by default, two scales."""
    prompt_set = PromptSetFactory.create()
    PromptFactory.create_batch(2, prompt_set=prompt_set)
    checkpoint = CheckpointFactory.create(name=str(folder), revision="")
    own = {"checkpoint": checkpoint, "evaluations": evaluations}
    made = [ConditionFactory.create(**own, **each) for each in conditions or TWO_SCALES]
    return RunFactory.create(name="mine", prompt_sets=[prompt_set], conditions=made, seeds="0-1", batch_size=4)


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


def test_a_worker_that_was_killed_among_captions_leaves_no_more_and_no_fewer(site: Site, tiny_folder: Path) -> None:
    captioner = build_blip(site.folder / "captioner")
    sources = [{"source": "random"}, {"source": "auto_dnp", "captioner": str(captioner)}]
    run = make_run(tiny_folder, 2, {"method": "auto_dnp", "negative_sources": sources}, {"method": "cfg"})
    generate(site)
    with site.worker("killed") as worker:
        wait_until(lambda: Caption.objects.exclude(batch=None).exists(), "the diffusion-negative images")
        worker.kill()
        worker.wait()
    with site.worker("next"):
        generate(site, "--wait")
    assert_complete(site)
    assert (Image.objects.count(), Caption.objects.count(), NegativeText.objects.count()) == (3 * 4, 4, 4)
    assert set(Caption.objects.values_list("state", flat=True)) <= {"done", "indescribable"}
    captions = {(caption.image.prompt_id, caption.image.seed): caption for caption in Caption.objects.select_related("image")}
    for image in run.planned_images().filter(condition__method="auto_dnp"):
        caption = captions[image.prompt_id, image.seed]
        assert image.provenance["negatives"][1]["caption"] == caption.pk
        assert image.provenance["settings"]["negative"] == ", ".join(
            text for text in (quotations.draw(image.prompt.text, image.seed), caption.text) if text
        )


def test_waiting_ends_when_people_alone_are_waited_for(site: Site, tiny_folder: Path) -> None:
    people = {"source": "human", "study": "What do you see?"}
    make_run(tiny_folder, 2, {"method": "dnp", "negative_sources": [people]}, {"method": "cfg"})
    with site.worker("only"):
        said = generate(site, "--wait").stdout
    assert "4 wait for captions by people in “What do you see?”." in said


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
