import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.utils import timezone

from evalsite.doctor.checks.workers import Answer, Seen, asked, judged
from evalsite.doctor.findings import Finding
from evalsite.doctor.fingerprints import UNREADABLE, Fingerprints, fingerprints
from evalsite.doctor.held import holders
from evalsite.doctor.probe import probe_in_storage
from tests.evalsite.doctor.looking import codes
from tests.factories_generation import BatchFactory
from tests.faults.services import redis as redis_server
from tests.real_server import ROOT

NONCE = "0123456789abcdef"
SECONDS_TO_START = 60
OWN = Fingerprints(secret_key="key", database="rows", storage="files")
STATE: dict[str, Any] = {
    "queues": ["gpu", "caption", "metrics", "default"],
    "time": 1000.5,
    "code": "c0de",
    "libraries": {"torch": "2.13.0"},
    "device": "auto",
    "gpus": ["NVIDIA H200 with 140 GiB, 139 GiB of them free"],
    "cuda": "13.0",
    "warm": ["bundled@"],
    "fingerprints": asdict(OWN),
}


@contextmanager
def worker(name: str, broker: str, data: Path, key: str, queues: str) -> Iterator[None]:
    own = {"EVALSITE_BROKER": broker, "EVALSITE_DATA": str(data), "EVALSITE_SECRET_KEY": key}
    environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "evalsite.settings"}
    command = [sys.executable, "-m", "celery", "-A", "evalsite", "worker", "--pool", "solo", "-Q", queues, "-n", name]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


def answers_of(app: Celery, names: set[str], probe: str) -> dict[str, Answer]:
    """Asked again until all have started."""
    deadline = time.monotonic() + SECONDS_TO_START
    while (answers := asked(app, NONCE, probe, patience=1.0)).keys() != names:
        assert time.monotonic() < deadline, answers.keys()
    return answers


def of(name: str, findings: Iterator[Finding]) -> list[str]:
    return codes(finding for finding in findings if name in finding.sentence and finding.code != "worker-other-code")


@pytest.mark.django_db(transaction=True)
def test_workers_with_another_key_database_or_storage_are_found_and_show_none_of_them(tmp_path: Path) -> None:
    key = "another-key-0123456789-0123456789-0123456789-012345"
    with ExitStack() as stack:
        broker = stack.enter_context(redis_server()).address
        stack.enter_context(worker("near@here", broker, Path(settings.DATA_DIR), settings.SECRET_KEY, "gpu,default"))
        stack.enter_context(worker("far@here", broker, tmp_path, key, "metrics"))
        probe = stack.enter_context(probe_in_storage())
        asked_at, own = time.time(), fingerprints(NONCE, probe)
        answers = answers_of(Celery(broker=broker, set_as_current=False), {"near@here", "far@here"}, probe)
    seen = Seen(answers=answers, asked_at=asked_at, own=own, code="")
    # The first has the data folder of this test, of which the tests' database is another file than the site's.
    assert of("near@here", judged(seen)) == ["worker-other-database"]
    assert of("far@here", judged(seen)) == ["worker-other-key", "worker-other-database", "worker-without-storage"]
    assert of("gpu", judged(seen)) == of("default", judged(seen)) == []
    assert of("caption", judged(seen)) == ["no-worker-yet"]
    told = f"{[answer.state for answer in answers.values()]} {list(judged(seen))}"
    assert not any(secret in told for secret in (key, settings.SECRET_KEY, str(tmp_path)))


def seen(state: Mapping[str, Any] = STATE, at: float = 1001.0, **others: Any) -> Seen:
    fields: dict[str, Any] = {"answers": {"one@here": Answer(state, at)}, "asked_at": 1000.0, "own": OWN, "code": "c0de"}
    return Seen(**{**fields, **others})


def test_a_worker_like_this_machine_is_well_and_its_gpu_and_checkpoints_are_told() -> None:
    findings = list(judged(seen()))
    assert codes(findings) == []
    assert (
        "NVIDIA H200 with 140 GiB, 139 GiB of them free; torch 2.13.0, CUDA 13.0; in memory: bundled@" in findings[0].sentence
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "0ld"}, "worker-other-code"),
        ({"fingerprints": asdict(replace(OWN, database=UNREADABLE))}, "worker-without-database"),
        ({"fingerprints": asdict(replace(OWN, storage="other"))}, "worker-other-storage"),
        ({"time": 700.0}, "worker-clock"),
        ({"time": 1300.0}, "worker-clock"),
    ],
)
def test_a_worker_unlike_this_machine_is_found(change: dict[str, Any], code: str) -> None:
    assert codes(judged(seen({**STATE, **change}))) == [code]


def test_a_worker_that_does_not_know_the_question_is_found() -> None:
    assert codes(judged(seen({"error": "unknown"}))) == ["worker-does-not-tell", "no-worker-yet", "no-worker"]


def test_workers_with_different_libraries_are_found() -> None:
    answers = {"one@here": Answer(STATE, 1001), "two@there": Answer({**STATE, "libraries": {"torch": "2.9.1"}}, 1001)}
    [finding] = [found for found in judged(seen(answers=answers)) if found.code]
    assert finding.code == "worker-other-libraries"
    assert "2.13.0 on one@here, 2.9.1 on two@there" in finding.sentence


@pytest.mark.django_db
def test_whoever_holds_a_batch_is_alive_though_it_does_not_answer() -> None:
    later = timezone.now() + timedelta(minutes=5)
    BatchFactory.create(queue="gpu", holder="lab-gpu-1:4242:0123456789ab", lease_until=later)
    BatchFactory.create(queue="caption", holder="lab-gpu-2:17:0123456789ab", lease_until=timezone.now() - timedelta(minutes=5))
    busy = holders(timezone.now())
    assert {queue: names for queue, names in busy.items() if names} == {"gpu": {"lab-gpu-1:4242"}}
    findings = list(judged(seen(answers={}, busy=busy, waiting={"gpu": 7, "caption": 3})))
    assert [finding.code for finding in findings] == ["", "no-worker", "no-worker-yet", "no-worker"]
    assert "lab-gpu-1:4242" in findings[0].sentence
