"""A PostgreSQL that crashes while people vote and a worker makes images."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.faults.services import Service
from tests.faults.site import Outcomes, Site, outcomes, plan_run
from tests.http_connection import SiteDoesNotAnswer
from tests.real_server import HOST, RealServer, real_server, votes_of
from tests.visitor import UnexpectedPage, Visitor, acknowledged

VISITORS, TRIALS = 6, 12
CRASHES_AFTER = (20, 45)  # acknowledged answers of 72
STUDY = {"prompts": TRIALS, "size": 8, "votes_wanted": VISITORS, "trials_per_session": TRIALS}
PATIENCE_SECONDS = 60

Answer = TypeVar("Answer")


@dataclass
class Crowd:
    """Visitors who vote at the same time, and send again what the site did not acknowledge."""

    server: RealServer
    visitors: list[Visitor] = field(default_factory=list)
    sent_again: int = 0

    async def vote(self, database: Service) -> None:
        """Everybody votes to the end, while the database crashes."""
        draws = [random.Random(number) for number in range(VISITORS)]
        self.visitors = [Visitor(HOST, self.server.site.port, draw) for draw in draws]
        paths = [await visitor.enter(self.server.link) for visitor in self.visitors]
        async with asyncio.TaskGroup() as inside:
            for visitor, path in zip(self.visitors, paths, strict=True):
                inside.create_task(self._vote(visitor, path))
            inside.create_task(self._crash(database))

    async def _vote(self, visitor: Visitor, path: str | None) -> None:
        async with visitor.connection:
            while path and (page := await self._insist(visitor.look, path)):
                path = await self._insist(visitor.answer, page, visitor.choose(page))

    async def _insist(self, request: Callable[..., Awaitable[Answer]], *arguments: Any) -> Answer:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return await request(*arguments)
            except (UnexpectedPage, SiteDoesNotAnswer):
                if time.monotonic() > deadline:
                    raise
                self.sent_again += 1
                await asyncio.sleep(0.05)

    async def _crash(self, database: Service) -> None:
        for number in CRASHES_AFTER:
            while sum(len(visitor.answers) for visitor in self.visitors) < number:
                await asyncio.sleep(0.005)
            await asyncio.to_thread(database.restart)


def test_no_vote_and_no_image_is_lost_when_the_database_crashes_under_load(
    tmp_path: Path,
    settings: Any,
    site: Site,
    postgresql_server: Service,
    redis_server: Service,
    tiny_folder: Path,
    clean: Outcomes,
) -> None:
    with real_server(tmp_path, STUDY, database=site.database) as server:
        ours = Site(tmp_path / "data", site.database, redis_server.address)
        settings.MEDIA_ROOT = ours.folder / "images"
        plan_run(tiny_folder)
        ours.call()
        crowd = Crowd(server)
        with ours.worker("only"):
            asyncio.run(crowd.vote(postgresql_server))
            ours.finish()
        assert crowd.sent_again
        assert votes_of(server.site.facts()) == acknowledged(crowd.visitors)
        assert outcomes() == clean
    assert "OperationalError" in (tmp_path / "site.log").read_text()
    assert len(acknowledged(crowd.visitors)) == VISITORS * TRIALS
