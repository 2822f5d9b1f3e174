"""Slow clients on every page of workers at once, and what others do meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.deploy.slow_clients import SlowClient, slow_asker, slow_reader, slow_sender, status
from tests.visitor import TrialPage, Visitor

PATIENCE_SECONDS = 30  # a visit takes one or two


@dataclass(frozen=True)
class Crowd:
    """Slow clients, and the workers whose browsers they are."""

    clients: list[SlowClient]
    visitors: list[Visitor]


async def slow_crowd(newcomers: Iterator[Visitor], link: str, workers: int) -> Crowd:
    """So many workers, each slow on the way in, on a trial, its image and the votes on it, and one slow so often at the end."""
    finished = next(newcomers)
    end = await _vote_to_the_end(finished, link)
    crowd = Crowd([], [finished])
    for voter in (next(newcomers) for _ in range(workers)):
        crowd.visitors.append(voter)
        crowd.clients.append(slow_asker(next(newcomers).connection, link))
        crowd.clients.extend(await _slow_on_a_trial(voter, link))
        crowd.clients.append(slow_asker(finished.connection, end))
    return crowd


async def alongside(slow: list[SlowClient], meanwhile: Callable[[], Awaitable[object]]) -> list[int]:
    """Do something while all these clients are slow; then let them go on, and return what they were answered."""
    tasks = [asyncio.create_task(client.answer()) for client in slow]
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(client.begun.wait() for client in slow))
            await meanwhile()
    finally:
        for client in slow:
            client.go_on.set()
    return [status(answer) for answer in await asyncio.gather(*tasks)]


async def first_page(visitor: Visitor, link: str) -> TrialPage:
    """The visitor's first trial, with its images fetched."""
    page = await visitor.look(await visitor.enter(link))
    assert page
    return page


async def _slow_on_a_trial(voter: Visitor, link: str) -> list[SlowClient]:
    page = await first_page(voter, link)
    choices = voter.answers[page.path] = voter.choose(page)
    form = urlencode(page.form.filled(choices)).encode()
    return [
        slow_reader(voter.connection, page.path),
        slow_reader(voter.connection, page.images[0]),
        slow_sender(voter.connection, page.path, form),
    ]


async def _vote_to_the_end(visitor: Visitor, link: str) -> str:
    """Take part, and the address of the session's end."""
    path = await visitor.enter(link)
    while page := await visitor.look(path):
        path = await visitor.answer(page, visitor.choose(page)) or ""
    return path
