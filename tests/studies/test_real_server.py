"""Fifty workers at once on the real site, on both databases: some vanish, reload, send twice, or come for the last place."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.http_connection import Connection
from tests.postgresql import new_database
from tests.real_server import HOST, RealServer, real_server, votes_of
from tests.visitor import NoPlaceLeft, Visitor, acknowledged

CLIENTS = 50
PROMPTS, VOTES_WANTED, TRIALS_PER_SESSION = 8, 20, 3
PLACES = PROMPTS * VOTES_WANTED  # a little more than the first fifty take
STUDY = {"prompts": PROMPTS, "size": 8, "votes_wanted": VOTES_WANTED, "trials_per_session": TRIALS_PER_SESSION}

Role = Callable[[Visitor, str], Awaitable[None]]


@contextmanager
def server_on(database: str, folder: Path) -> Iterator[RealServer]:
    """The site with the study on a database of its own."""
    with ExitStack() as stack:
        address = stack.enter_context(new_database()) if database == "postgresql" else ""
        yield stack.enter_context(real_server(folder, STUDY, database=address))


async def stays(visitor: Visitor, link: str) -> None:
    """Votes to the end of the session."""
    await visitor.vote(link)


async def vanishes(visitor: Visitor, link: str) -> None:
    """Leaves after one answer, with a second page open."""
    path: str | None = await visitor.enter(link)
    if path and (page := await visitor.look(path)):
        path = await visitor.answer(page, visitor.choose(page))
    await visitor.look(path or link)


async def comes_back_too_late(visitor: Visitor, _link: str) -> None:
    """Answers the page that was left open, if any."""
    if visitor.page and visitor.page.path not in visitor.answers:
        await visitor.answer(visitor.page, visitor.choose(visitor.page))


async def reloads(visitor: Visitor, link: str) -> None:
    """Enters again and opens every page twice before answering it."""
    for _ in range(TRIALS_PER_SESSION):
        page = await visitor.look(await visitor.enter(link))
        if page and await visitor.look(page.path):
            await visitor.answer(page, visitor.choose(page))


async def sends_twice(visitor: Visitor, link: str) -> None:
    """Sends every answer over two connections at the same moment."""
    path: str | None = await visitor.enter(link)
    async with Connection(HOST, visitor.connection.port, visitor.cookies) as second:
        while path and (page := await visitor.look(path)):
            choices = visitor.choose(page)
            path, _ = await asyncio.gather(visitor.answer(page, choices), visitor.answer_over(second, page, choices))


async def comes_until_nothing_is_left(visitor: Visitor, link: str) -> None:
    """Takes part as one new worker after the other."""
    for _ in range(PLACES):
        visitor.cookies.clear()
        try:
            await sends_twice(visitor, link)
        except NoPlaceLeft:
            return


def at_once(server: RealServer, roles: Sequence[tuple[Visitor, Role]]) -> None:
    """Let the visitors in at the same moment; done when all have left."""

    async def visit(visitor: Visitor, role: Role) -> None:
        async with visitor.connection:
            await role(visitor, server.link)

    async def together() -> None:
        async with asyncio.TaskGroup() as inside:
            for visitor, role in roles:
                inside.create_task(visit(visitor, role))

    asyncio.run(together())


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_fifty_workers_fill_every_place_once_and_no_answer_is_lost(database: str, tmp_path: Path) -> None:
    with server_on(database, tmp_path) as server:
        visitors = [Visitor(HOST, server.site.port, random.Random(number)) for number in range(2 * CLIENTS)]
        early, late = visitors[:CLIENTS], visitors[CLIENTS:]
        at_once(server, list(zip(early, itertools.cycle([stays, vanishes, reloads, sends_twice, vanishes]), strict=False)))
        server.site.leave_open_sessions()
        come_back = [(visitor, comes_back_too_late) for visitor in early]
        at_once(server, come_back + [(visitor, comes_until_nothing_is_left) for visitor in late])
        server.site.leave_open_sessions()  # of those who came back just before their places were given away
        at_once(server, [(visitor, comes_until_nothing_is_left) for visitor in late])
        facts = server.site.facts()

    done = [trial for trial in facts["trials"] if trial["state"] == "done"]
    assert {trial["state"] for trial in facts["trials"]} == {"done", "given back"}
    assert votes_of(facts) == acknowledged(visitors)
    assert Counter(trial["place"] for trial in done) == {place["pk"]: 1 for place in facts["places"]}
    assert set(Counter(trial["comparison"] for trial in done).values()) == {VOTES_WANTED}
    assert not any(place["free"] for place in facts["places"])
    first = Counter((trial["comparison"], trial["shown"][0]) for trial in done)
    assert set(first.values()) == {VOTES_WANTED // 2}  # each of two conditions stood first in half of them
