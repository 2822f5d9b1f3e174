"""A storage that refuses, holds back or has no room."""

import resource
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.db import connection

from evalsite.storage import bucket
from generation.models import Batch, Image, Run
from generation.plan import plan
from generation.tasks import make_batch
from tests.faults import services
from tests.faults.refusing import Mood, refusing
from tests.faults.site import (
    LEASE_SECONDS,
    RUN,
    Outcomes,
    Site,
    assert_files,
    doctor_says,
    moments,
    outcomes,
    plan_run,
    wait_until,
)

KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture
def s3_site(site: Site, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Site, Mood]]:
    """A site whose images lie in a bucket behind a proxy with moods."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with services.s3() as s3, refusing(s3) as (address, mood):
        boto3.client("s3", endpoint_url=s3.address).create_bucket(Bucket="images")
        own = {"EVALSITE_STORAGE": "s3://images", "AWS_ENDPOINT_URL_S3": address, **KEYS}
        settings.STORAGES = {**settings.STORAGES, "default": bucket("EVALSITE_STORAGE", own["EVALSITE_STORAGE"], address)}
        yield replace(site, storage=own), mood


def states() -> set[str]:
    return set(Image.objects.values_list("state", flat=True))


def test_images_wait_for_a_bucket_that_does_not_take_them_now(
    s3_site: tuple[Site, Mood], tiny_folder: Path, clean: Outcomes
) -> None:
    site, mood = s3_site
    plan_run(tiny_folder)
    site.call()
    mood.open.clear()
    with site.worker("killed"):  # in the midst of sending a file
        for _ in moments("a file to be sent"):
            if mood.held_back:
                break
    mood.open.set()
    mood.refuses = 503
    with site.worker("next"):
        site.sweep_until(Batch.objects.filter(trouble__contains="SlowDown").exists, "a batch to say what it waits for")
        assert states() == {"queued"}
        assert "batch-troubled" in doctor_says()
        mood.refuses = 0
        site.finish()
    assert outcomes() == clean
    assert_files()
    assert set(Batch.objects.values_list("trouble", flat=True)) == {""}
    assert "cannot be saved now, and is tried again: The bucket takes and gives nothing now" in site.said("next")


def test_a_bucket_that_forbids_is_the_reason_and_mended_nothing_is_missing(
    s3_site: tuple[Site, Mood], tiny_folder: Path, clean: Outcomes
) -> None:
    site, mood = s3_site
    plan_run(tiny_folder)
    mood.refuses = 403
    with site.worker("only"):
        site.finish()
        assert states() == {"failed"}
        assert all("AccessDenied" in reason for reason in Image.objects.values_list("reason", flat=True))
        assert "rows-failed" in doctor_says()
        mood.refuses = 0
        run = Run.objects.get(name=RUN)
        run.retry()
        plan(run)
        site.finish()
    assert outcomes() == clean
    assert_files()


def test_images_wait_for_room_on_the_disk(site: Site, settings: Any, tiny_folder: Path) -> None:
    settings.BATCH_LEASE_SECONDS = LEASE_SECONDS
    plan_run(tiny_folder, evaluations=1)
    first, second = Batch.objects.all()
    make_batch(first.pk)  # which also loads the checkpoint, and says so where there is room for it
    with futures.ThreadPoolExecutor(1) as thread:
        with no_room():
            made = thread.submit(make_here, second)
            wait_until(Batch.objects.filter(trouble__contains="There is no room").exists, "the batch to say what it waits for")
            assert set(second.images.values_list("state", flat=True)) == {"queued"}
            assert len(site.images()) == first.images.count()
        made.result()
    assert states() == {"done"}
    assert_files()


def make_here(batch: Batch) -> None:
    make_batch(batch.pk)
    connection.close()  # this thread's own


@contextmanager
def no_room() -> Iterator[None]:
    """Let the system refuse whatever this process writes to a file, as a full disk does."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
