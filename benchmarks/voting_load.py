"""Workers who vote as fast as they can, or as often as they are told: the load of benchmarks.voting, in a process of its own.

Reads one Load as JSON from standard input and prints one Outcome. Images and pages are fetched as a browser does it, one after
the other on a connection that stays open; nothing is done with the pixels.
"""

import asyncio
import dataclasses
import json
import math
import random
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tests.visitor import Visitor, acknowledged

TRIAL = "/t/"


@dataclass(frozen=True)
class Load:
    """So many workers for so long; `rate` trials a second between them all, or as many as they can if it is 0.

    The first `warm_up` seconds are not measured.
    """

    host: str
    port: int
    link: str
    workers: int
    seconds: float
    warm_up: float
    rate: float
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What was measured, in seconds, by kind of request; the answers that the site acknowledged, all of them."""

    took: dict[str, list[float]]
    answers: dict[str, list[list[str]]]
    processor_seconds: float


@dataclass
class Crowd:
    """The workers of one load, and what they have measured so far."""

    load: Load
    start: float = math.inf
    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    visitors: list[Visitor] = field(default_factory=list)
    due: "asyncio.Queue[float]" = field(default_factory=asyncio.Queue)

    @property
    def end(self) -> float:
        return self.start + self.load.warm_up + self.load.seconds

    async def run(self) -> Outcome:
        """Let everybody in, and then vote; done when each of them has finished the last trial."""
        draw = random.Random(self.load.seed)
        workers = [Worker(self, random.Random(draw.random())) for _ in range(self.load.workers)]
        await asyncio.gather(*(worker.enter() for worker in workers))
        self.start = time.perf_counter()
        async with asyncio.TaskGroup() as inside:
            if self.load.rate:
                inside.create_task(self._call(draw))
            for worker in workers:
                inside.create_task(worker.work())
        return Outcome(dict(self.took), acknowledged(self.visitors), time.process_time())

    async def moments(self) -> AsyncIterator[float]:
        """When a worker's next trials are due, until the end."""
        while (moment := await self.due.get() if self.load.rate else time.perf_counter()) < self.end:
            yield moment

    def note(self, what: str, seconds: float) -> None:
        """Keep how long something took, unless the site is still warming up or the time is over."""
        if self.start + self.load.warm_up <= time.perf_counter() <= self.end:
            self.took[what].append(seconds)

    async def _call(self, draw: random.Random) -> None:
        """Make trials due at random moments, as many a second as the load says; then send everybody home."""
        moment = self.start
        while (moment := moment + draw.expovariate(self.load.rate)) < self.end:
            await asyncio.sleep(moment - time.perf_counter())
            self.due.put_nowait(moment)
        for _ in range(self.load.workers):
            self.due.put_nowait(self.end)


@dataclass
class Worker:
    """One seat in the crowd, taken by one new worker after the other. `late`: for how long the trial has been due."""

    crowd: Crowd
    draw: random.Random
    late: float = 0.0
    visitor: Visitor | None = None
    path: str = ""

    async def enter(self) -> None:
        """Open a session as a new worker."""
        if self.visitor:
            self.visitor.connection.close()
        load = self.crowd.load
        self.visitor = Visitor(load.host, load.port, self.draw, self._note)
        self.crowd.visitors.append(self.visitor)
        self.path = await self.visitor.enter(load.link)

    async def work(self) -> None:
        """Do the trials that are due, in session after session."""
        async for moment in self.crowd.moments():
            self.late = time.perf_counter() - moment
            if self.visitor and (page := await self.visitor.look(self.path)):
                self.path = await self.visitor.answer(page, self.visitor.choose(page)) or ""
            if not self.path.startswith(TRIAL):
                await self.enter()
        if self.visitor:
            self.visitor.connection.close()

    def _note(self, what: str, seconds: float) -> None:
        """A page has taken since its trial was due: what it had to wait for a free worker is part of it."""
        self.crowd.note(what, seconds + (self.late if what == "page" else 0.0))


def main() -> None:
    load = Load(**json.load(sys.stdin))
    outcome = asyncio.run(Crowd(load).run())
    json.dump(dataclasses.asdict(outcome), sys.stdout)


if __name__ == "__main__":
    main()
