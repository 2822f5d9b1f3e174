"""One run of images through random faults, see benchmarks.faults."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from django.test import override_settings

from generation.models import Image, Run
from generation.plan import plan
from generation.tasks import MOST_CLAIMS
from tests.faults import databases
from tests.faults.services import Service
from tests.faults.site import RUN, SWEPT_EVERY, Outcomes, Site, ask, damaged_files, moments, outcomes, plan_run
from tests.faults.workers import start_worker

WORKERS = 2
PAUSE_SECONDS = (0.2, 1.5)  # between two faults
PATIENCE_SECONDS = 300
KILLED, LOST, BROKER, DATABASE = "workers killed", "messages lost", "broker crashed", "database crashed"
KINDS = {KILLED: 6, LOST: 1, BROKER: 1, DATABASE: 2}  # how often each comes, on average, among ten


@dataclass(frozen=True)
class Servers:
    """What all runs share. size: of a run, as plan_run takes it."""

    database: Service
    broker: Service
    checkpoint: Path
    size: Mapping[str, Any] = field(default_factory=dict)

    @contextmanager
    def site(self, folder: Path) -> Iterator[Site]:
        """A new site in a folder, with a run planned; this process sees it."""
        address = databases.copied(self.database)
        with databases.seen(address), override_settings(MEDIA_ROOT=folder / "images"):
            plan_run(self.checkpoint, **self.size)
            yield Site(folder, address, self.broker.address)


@dataclass
class Trouble:
    """Workers, and faults at random moments."""

    site: Site
    servers: Servers
    draw: random.Random
    most: int
    faults: "Counter[str]" = field(default_factory=Counter)
    workers: list[ForkServerProcess] = field(default_factory=list)
    due: float = 0.0

    @contextmanager
    def around(self) -> Iterator[None]:
        """Let the workers work until the block ends."""
        self._await_next()
        try:
            for _ in range(WORKERS):
                self._start_worker()
            yield
        finally:
            while self.workers:
                self._kill_worker()

    def strike_if_due(self) -> None:
        """One fault, of a kind at random, if its moment has come and they have not all been."""
        if time.monotonic() < self.due or self.faults.total() >= self.most:
            return
        (kind,) = self.draw.choices(list(KINDS), list(KINDS.values()))
        if kind == KILLED:
            self._kill_worker()
            self._start_worker()
        elif kind == LOST:
            self.servers.broker.lose_everything()
        elif kind == BROKER:
            self.servers.broker.restart()
        else:
            self.servers.database.restart()
        self.faults[kind] += 1
        self._await_next()

    def _await_next(self) -> None:
        self.due = time.monotonic() + self.draw.uniform(*PAUSE_SECONDS)

    def _kill_worker(self) -> None:
        worker = self.workers.pop(self.draw.randrange(len(self.workers)))
        worker.kill()
        worker.join()

    def _start_worker(self) -> None:
        name = f"worker-{self.faults[KILLED]}-{len(self.workers)}"
        self.workers.append(start_worker(self.site.environment, name, self.site.log(name)))


@dataclass(frozen=True)
class Result:
    """What a run came to. retried: images whose batch killed too many workers. differences: from a clean run, in sentences."""

    faults: "Counter[str]"
    retried: int
    seconds: float
    outcomes: Outcomes
    differences: list[str]


def run(servers: Servers, folder: Path, seed: int, most_faults: int, clean: Outcomes | None = None) -> Result:
    """One run with at most so many faults, drawn by the seed, and compared with the clean one if that is given."""
    start = time.monotonic()
    with servers.site(folder) as site:
        trouble = Trouble(site, servers, random.Random(seed), most_faults)
        with trouble.around():
            site.call()
            retried = _through(trouble)
        made = outcomes()
        differences = [*damaged_files(), *_differences(made, clean or made)]
    return Result(trouble.faults, retried, time.monotonic() - start, made, differences)


def _through(trouble: Trouble) -> int:
    """Sweep, as the beat does, through all faults until everything is made; how many images were retried."""
    retried, swept = 0, 0.0
    for _ in moments("the run to be made", PATIENCE_SECONDS):
        trouble.strike_if_due()
        if ask(lambda: not Image.objects.queued().exists()):
            again = _retry()
            if not again:
                break
            retried += again
        if time.monotonic() > swept + SWEPT_EVERY:
            trouble.site.sweep()
            swept = time.monotonic()
    return retried


def _retry() -> int:
    """Queue again the images whose batch killed too many workers in a row; their number."""
    number = Image.objects.failed().filter(reason__startswith=f"{MOST_CLAIMS} workers stopped").retry()
    if number:
        plan(Run.objects.get(name=RUN))
    return number


def _differences(made: Outcomes, clean: Outcomes) -> Iterator[str]:
    for key in sorted(made.keys() | clean.keys()):
        if made.get(key) != clean.get(key):
            yield f"{key}: {made.get(key)} instead of {clean.get(key)}"
