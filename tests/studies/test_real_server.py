"""Fifty workers at once on the real site, on both databases: some vanish, reload, send twice, or come for the last place."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.http_connection import Connection
from tests.postgresql import new_database
from tests.real_server import HOST, RealServer, real_server
from tests.visitor import NoPlaceLeft, TrialPage, Visitor

CLIENTS = 50
PROMPTS, VOTES_WANTED, TRIALS_PER_SESSION = 8, 30, 5
STUDY = {"prompts": PROMPTS, "size": 8, "votes_wanted": VOTES_WANTED, "trials_per_session": TRIALS_PER_SESSION}

Client = Callable[[Visitor, str], Awaitable[None]]


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RealServer]:
    if request.param == "sqlite":
        with real_server(tmp_path, STUDY) as running:
            yield running
        return
    with new_database() as database, real_server(tmp_path, STUDY, database=database) as running:
        yield running


async def stays(visitor: Visitor, link: str) -> None:
    """Votes to the end of the session."""
    await visitor.vote(link)


async def vanishes(visitor: Visitor, link: str) -> None:
    """Leaves after two answers, a third page still open."""
    page = await visitor.look(await visitor.enter(link))
    for _ in range(2):
        page = await _go_on(visitor, page)


async def reloads(visitor: Visitor, link: str) -> None:
    """Opens every page twice, and enters again before each."""
    await visitor.enter(link)
    while page := await visitor.look(await visitor.enter(link)):
        await visitor.look(page.path)
        await visitor.answer(page, visitor.choose(page))
        if len(visitor.answers) == TRIALS_PER_SESSION:
            return


async def sends_twice(visitor: Visitor, link: str) -> None:
    """Sends every answer over two connections at the same moment."""
    path: str | None = await visitor.enter(link)
    async with Connection(HOST, visitor.connection.port, visitor.cookies) as second:
        while path and (page := await visitor.look(path)):
            choices = visitor.choose(page)
            path, _ = await asyncio.gather(
                visitor.answer(page, choices), visitor.answer_over(second, page, choices)
            )


async def _go_on(visitor: Visitor, page: TrialPage | None) -> TrialPage | None:
    if page is None:
        return None
    path = await visitor.answer(page, visitor.choose(page))
    return await visitor.look(path) if path else None


async def comes_until_nothing_is_left(visitor: Visitor, link: str) -> None:
    """Takes part as one new worker after the other, sending everything twice."""
    for _ in range(PROMPTS * VOTES_WANTED):
        visitor.cookies.clear()
        try:
            await sends_twice(visitor, link)
        except NoPlaceLeft:
            return


def crowd(server: RealServer, roles: list[Client]) -> list[Visitor]:
    """Let one visitor of each role in at the same moment; the visitors, when all have left."""
    visitors = [Visitor(HOST, server.site.port, random.Random(number)) for number in range(len(roles))]

    async def together() -> None:
        await asyncio.gather(*(role(visitor, server.link) for role, visitor in zip(roles, visitors, strict=True)))
        for visitor in visitors:
            visitor.connection.close()

    asyncio.run(together())
    return visitors


def acknowledged(visitors: list[Visitor]) -> dict[str, dict[str, str]]:
    """The answers that the site took, by the trial's token."""
    return {path.strip("/").split("/")[-1]: choices for visitor in visitors for path, choices in visitor.answers.items()}


def stored(facts: Any) -> dict[str, dict[str, str]]:
    """The same as the database has them: of every done trial, the position chosen for each question."""
    trials = {trial["pk"]: trial for trial in facts["trials"] if trial["state"] == "done"}
    answers: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for vote in facts["votes"]:
        trial = trials[vote["trial"]]
        position = trial["shown"].index(vote["condition"]) + 1 if vote["condition"] else 0
        answers[trial["token"]][f"vote-{vote['criterion__name']}"] = str(position)
    return dict(answers)


def test_fifty_workers_fill_every_place_once_and_no_answer_is_lost(server: RealServer) -> None:
    vanished = crowd(server, [stays, vanishes, reloads, sends_twice, vanishes] * (CLIENTS // 5))
    server.site.leave_open_sessions()
    others = crowd(server, [comes_until_nothing_is_left] * CLIENTS)

    facts = server.site.facts()
    done = [trial for trial in facts["trials"] if trial["state"] == "done"]
    assert stored(facts) == acknowledged(vanished + others)
    assert len(facts["votes"]) == 2 * len(done)
    assert Counter(trial["place"] for trial in done) == {place["pk"]: 1 for place in facts["places"]}
    assert set(Counter(trial["comparison"] for trial in done).values()) == {VOTES_WANTED}
    assert not any(place["free"] for place in facts["places"])
    assert any(trial["state"] == "given back" for trial in facts["trials"])
    first = Counter((trial["comparison"], trial["shown"][0]) for trial in done)
    assert set(first.values()) == {VOTES_WANTED // 2}  # each condition stood first in half of them

