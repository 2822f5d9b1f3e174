"""A site on servers that can fail, as this process and its workers see it, and one run of images to be made there."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import kombu
from django import db
from kombu.exceptions import OperationalError

from evalsite.broker import GPU
from evalsite.celery import app
from evalsite.doctor.checks import leftovers
from generation.models import Batch, Checkpoint, Condition, Image, Prompt, PromptSet, Run
from generation.plan import plan
from generation.storage import store
from generation.tasks import make_batch, sweep
from tests.faults import workers

DEADLINE_SECONDS = 90
LEASE_SECONDS = 2
SWEPT_EVERY = 0.5
RUN = "letters"

Key = tuple[str, int, str]
Outcomes = dict[Key, tuple[str, str, str]]
SCALES = (1, 7.5)


@dataclass(frozen=True)
class Site:
    """A data folder, and the addresses of what keeps the rest."""

    folder: Path
    database: str
    broker: str
    storage: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DJANGO_SETTINGS_MODULE": "evalsite.settings",
            "EVALSITE_DATA": str(self.folder),
            "EVALSITE_DATABASE": self.database,
            "EVALSITE_BROKER": self.broker,
            "EVALSITE_BATCH_LEASE_SECONDS": str(LEASE_SECONDS),
        }
        return {**os.environ, **own, **self.storage}

    @contextmanager
    def worker(self, name: str) -> Iterator[ForkServerProcess]:
        """A Celery worker process, killed when the block ends; an error in the block carries what it said."""
        try:
            with workers.worker(self.environment, name, self.log(name)) as process:
                yield process
        except BaseException as error:
            error.add_note(f"{name} said:\n{self.said(name)[-3000:]}")
            raise

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def said(self, name: str) -> str:
        """What a worker has said so far."""
        return self.log(name).read_text(errors="replace") if self.log(name).exists() else ""

    def images(self) -> list[Path]:
        """The files of images in the data folder, but those that a kill left half written beside their places."""
        return list((self.folder / "images").rglob("[!.]*.png"))

    def waiting_messages(self) -> int:
        """How many messages of images no worker has taken yet."""
        with kombu.Connection(self.broker) as broker:
            channel: Any = broker.default_channel
            return int(channel.queue_declare(GPU, durable=True, auto_delete=False).message_count)

    def call(self, times: int = 1) -> None:
        """Send messages of every batch, each so many times."""
        with kombu.Connection(self.broker) as broker:
            for pk in list(Batch.objects.values_list("pk", flat=True)) * times:
                app.send_task(make_batch.name, [pk], connection=broker)

    def sweep(self) -> None:
        """Ask for a sweep, as the beat does; one that finds no broker tries again at its next turn."""
        with suppress(OperationalError), kombu.Connection(self.broker, connect_timeout=1) as broker:
            app.send_task(sweep.name, connection=broker, expires=60, retry=False)

    def finish(self) -> None:
        """Sweep until nothing is queued any more."""
        self.sweep_until(lambda: not Image.objects.queued().exists(), "every image to be finished")

    def sweep_until(self, is_so: Callable[[], bool], what: str) -> None:
        swept = 0.0
        for _ in moments(what):
            if ask(is_so):
                return
            if time.monotonic() > swept + SWEPT_EVERY:
                self.sweep()
                swept = time.monotonic()


def moments(what: str, seconds: float = DEADLINE_SECONDS) -> Iterator[None]:
    """Moments to look at something, until the deadline; then a failure that says what was waited for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(0.1)
    raise AssertionError(f"Waited in vain for: {what}")


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Return as soon as something is so."""
    for _ in moments(what):
        if ask(is_so):
            return


def ask(question: Callable[[], bool]) -> bool:
    """The answer; no if the database does not give one now, and a new connection next time."""
    try:
        return question()
    except (db.OperationalError, db.InterfaceError):
        db.connection.close()
        return False


def plan_run(checkpoint: Path, name: str = RUN, *, prompts: str = "ab", seeds: str = "0-1", **fields: Any) -> Run:
    """One-letter prompts × seeds × two scales on the checkpoint of a folder, in batches of four. fields: of its conditions."""
    prompt_set = PromptSet.objects.create(name=name)
    Prompt.objects.bulk_create(Prompt(prompt_set=prompt_set, text=letter) for letter in prompts)
    row, _ = Checkpoint.objects.get_or_create(name=str(checkpoint), revision="")
    own: dict[str, Any] = {"method": "cfg", "checkpoint": row, "evaluations": 20, "size": 64, **fields}
    run = Run.objects.create(name=name, seeds=seeds, batch_size=4)
    run.conditions.set([Condition.objects.ensure(**own, settings={"scale": scale}) for scale in SCALES])
    run.prompt_sets.set([prompt_set])
    plan(run)
    return run


def outcomes() -> Outcomes:
    """State, digest and reason of every image of the run of plan_run, by its key."""
    keys = ("prompt__text", "seed", "condition__fingerprint")
    rows = Image.objects.filter(run__name=RUN).values_list(*keys, "state", "sha256", "reason")
    found: Outcomes = {tuple(row[:3]): tuple(row[3:]) for row in rows}
    assert len(found) == len(rows)
    return found


def doctor_says() -> set[str]:
    """The codes of what the doctor finds that failed and waits for somebody."""
    return {finding.code for finding in leftovers.check() if finding.code}


def damaged_files() -> list[str]:
    """Images that were made and whose files are not what their rows say, in sentences."""
    return [f"{image.file} is not what its row says." for image in Image.objects.exclude(sha256="") if not _is_whole(image)]


def _is_whole(image: Image) -> bool:
    content = b"".join(store().stream(str(image.file)).chunks)
    return hashlib.sha256(content).hexdigest() == image.sha256


def assert_files() -> None:
    """Every image that was made has its file, to the last bit."""
    assert damaged_files() == []
