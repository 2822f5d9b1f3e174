"""A backup of a real site while people vote, restored elsewhere: no vote is missing that was there when it began."""

import asyncio
import json
import random
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.evalsite.backup.sites import Site
from tests.postgresql import new_database
from tests.real_server import HOST, real_server, votes_of
from tests.visitor import Visitor, acknowledged

STUDY = {"prompts": 4, "size": 16, "votes_wanted": 200, "trials_per_session": 4}
CLIENTS, VOTES_BEFORE = 3, 12


async def back_up_meanwhile(port: int, link: str, site: Site, folder: Path) -> tuple[set[str], list[Visitor]]:
    """People vote, one after the other from each place, until a backup has ended; the trials answered before it began."""
    visitors: list[Visitor] = []
    ended = asyncio.Event()

    async def vote_on(number: int) -> None:
        while not ended.is_set():
            visitors.append(visitor := Visitor(HOST, port, random.Random(f"{number}/{len(visitors)}")))
            async with visitor.connection:
                await visitor.vote(link)

    async with asyncio.TaskGroup() as inside:
        for number in range(CLIENTS):
            inside.create_task(vote_on(number))
        while len(before := set(acknowledged(visitors))) < VOTES_BEFORE:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(site.run, "manage.py", "backup", str(folder))
        ended.set()
    return before, visitors


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_backup_while_people_vote_has_every_vote_up_to_one_moment(database: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        here, there = [stack.enter_context(new_database()) for _ in range(2)] if database == "postgresql" else ("", "")
        server = stack.enter_context(real_server(tmp_path, STUDY, database=here))
        site = Site(tmp_path / "data", here)
        work = back_up_meanwhile(server.site.port, server.link, site, tmp_path / "backup")
        before, visitors = asyncio.run(work)
        other = Site(tmp_path / "other", there)
        said = other.run("manage.py", "restore", str(tmp_path / "backup")).stdout
        facts = json.loads(other.run("-m", "tests.real_study", "facts").stdout)
    votes, told = votes_of(facts), acknowledged(visitors)
    assert before <= set(votes)
    assert len(votes) < len(told)  # they went on meanwhile
    assert votes == {token: told[token] for token in votes}
    holding = {trial["place"] for trial in facts["trials"] if trial["state"] in ("open", "done")}
    assert holding == {place["pk"] for place in facts["places"] if not place["free"]}
    assert "16 of 16 files that rows name are there and whole" in said
