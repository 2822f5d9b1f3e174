"""Several workers that let one run advance at the same moment, on both kinds of database."""

import functools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from generation import phases
from generation.models import Batch, Caption, Image, Run
from generation.plan import plan
from tests.factories_generation import CheckpointFactory, ConditionFactory, PromptFactory, PromptSetFactory, RunFactory
from tests.generation.site import database_file, postgresql_database
from tests.tiny_captioners import build_blip

WORKERS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def real_database(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any) -> Iterator[None]:
    """A database that several connections share."""
    own = database_file(tmp_path / "evalsite.sqlite3") if request.param == "sqlite" else postgresql_database()
    with django_db_blocker.unblock(), own:
        yield


def at_once(work: Callable[[], object]) -> None:
    """The same work by several workers at the same moment. Raises what any of them raises."""
    start, faults = threading.Barrier(WORKERS), list[BaseException]()

    def one() -> None:
        start.wait()
        try:
            work()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def captioned_run(folder: Path, captioner: Path) -> Run:
    checkpoint, prompt_set = CheckpointFactory.create(name=str(folder), revision=""), PromptSetFactory.create()
    PromptFactory.create_batch(3, prompt_set=prompt_set)
    sources = [{"source": "random"}, {"source": "auto_dnp", "captioner": str(captioner)}]
    condition = ConditionFactory.create(checkpoint=checkpoint, method="auto_dnp", negative_sources=sources)
    return RunFactory.create(prompt_sets=[prompt_set], conditions=[condition], seeds="0-3", batch_size=5)


@pytest.mark.usefixtures("real_database")
def test_what_many_workers_let_advance_at_once_is_queued_once(tiny_folder: Path, tmp_path: Path) -> None:
    run = captioned_run(tiny_folder, build_blip(tmp_path))
    twin = RunFactory.create(prompt_sets=run.prompt_sets.all(), conditions=run.conditions.all(), seeds="0-3", batch_size=5)
    at_once(lambda: plan(run))
    assert (Image.objects.count(), Caption.objects.count(), Batch.objects.count()) == (24, 12, 3)
    run.dns_images().update(state=Image.State.DONE)
    for each in (run, twin):
        at_once(functools.partial(phases.advance, each))
    assert Batch.objects.unfinished().filter(captions__isnull=False).distinct().count() == 3
    Caption.objects.update(state=Caption.State.DONE, text="a gray field")
    at_once(lambda: [phases.advance(each) for each in (run, twin)])
    assert run.planned_images().queued().exclude(batch=None).count() == 12
    assert Batch.objects.count() == 9
    assert all(image.negative.endswith(", a gray field") for image in run.planned_images())
