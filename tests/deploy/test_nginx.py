"""The real site through nginx as it is shipped: visits, headers, addresses, logs; and slow clients on every page of workers."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest

from tests.deploy.front import NAME, Front, front
from tests.deploy.slow_clients import SlowClient, slow_asker, slow_reader, slow_sender, status
from tests.http_connection import Connection, Response, Secure
from tests.real_server import HOST, RealServer, real_server, votes_of
from tests.visitor import TrialPage, Visitor, acknowledged

STUDY = {"prompts": 4, "size": 256, "votes_wanted": 20, "trials_per_session": 2}
THREADS = ["--workers", "2", "--threads", "4"]
LOGINS_PER_HOUR, AT_ONCE = 3, 200
PATIENCE_SECONDS = 30  # a visit takes one or two
OWN = {"server", "date", "connection", "x-request-id"}  # headers that differ from one answer to the next
SECRET = "secret-of-a-person"

Result = TypeVar("Result")


@dataclass(frozen=True)
class Served:
    """The site, and nginx before it."""

    site: RealServer
    front: Front
    connections: list[Connection] = field(default_factory=list)

    def through(self, come_from: str = HOST) -> Connection:
        """A stranger's connection over https."""
        return self._kept(Connection(HOST, self.front.https, {}, Secure(NAME, self.front.trusted, come_from)))

    def straight(self, cookies: dict[str, str]) -> Connection:
        """A connection past nginx, which nobody has in earnest."""
        return self._kept(Connection(HOST, self.site.site.port, cookies))

    def visitor(self, number: int, come_from: str = HOST) -> Visitor:
        """A worker over https."""
        secure = Secure(NAME, self.front.trusted, come_from)
        visitor = Visitor(HOST, self.front.https, random.Random(number), secure=secure)
        self._kept(visitor.connection)
        return visitor

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do it, and hang up."""

        async def and_hang_up() -> Result:
            try:
                return await work
            finally:
                await asyncio.gather(*(connection.hang_up() for connection in self.connections))

        return asyncio.run(and_hang_up())

    def _kept(self, connection: Connection) -> Connection:
        self.connections.append(connection)
        return connection


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("site")
    variables = {
        "EVALSITE_URL": f"https://{NAME}",
        "EVALSITE_TRUSTED_PROXIES": "1",
        "EVALSITE_LOGINS_PER_HOUR": str(LOGINS_PER_HOUR),
    }
    with ExitStack() as stack:
        site = stack.enter_context(real_server(folder, STUDY, options=THREADS, variables=variables))
        yield Served(site, stack.enter_context(front(tmp_path_factory.mktemp("nginx"), f"{HOST}:{site.site.port}")))


async def first_page(visitor: Visitor, link: str) -> TrialPage:
    """The visitor's first trial, with its images fetched."""
    page = await visitor.look(await visitor.enter(link))
    assert page
    return page


def test_headers_of_every_page_and_image_arrive_as_the_site_sent_them(served: Served) -> None:
    async def both(visitor: Visitor, path: str) -> tuple[Response, Response]:
        straight = served.straight(visitor.cookies)
        return await visitor.connection.get(path), await straight.get(path, {"X-Forwarded-Proto": "https"})

    async def answers() -> list[tuple[Response, Response]]:
        visitor = served.visitor(2)
        page = await first_page(visitor, served.site.link)
        paths = [served.site.link, page.path, *page.images, "/static/studies/vote.css", "/admin/login/", "/nowhere/"]
        return [await both(visitor, path) for path in paths]

    for through, straight in served.run(answers()):
        assert kept(through) == kept(straight)
        assert through.headers["server"] == "nginx"
        assert through.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert "default-src 'none'" in through.headers["content-security-policy"]


def kept(response: Response) -> dict[str, str]:
    """An answer's headers, and its status, but for what may differ."""
    cookie = re.sub(r"=[^;]*", "", response.headers.get("set-cookie", ""), count=1)
    same = {name: value for name, value in response.headers.items() if name not in OWN}
    return {**same, "status": str(response.status), "set-cookie": cookie}


def test_nothing_is_kept_between_two_workers_and_no_header_tells_images_apart(served: Served) -> None:
    async def images() -> tuple[list[Response], Response, Response]:
        one, other = served.visitor(3), served.visitor(4)
        pages = [await first_page(one, served.site.link), await first_page(other, served.site.link)]
        own = [await one.connection.get(path) for path in pages[0].images]
        own += [await other.connection.get(path) for path in pages[1].images]
        again = await one.connection.get(pages[0].images[0], {"If-None-Match": "*", "Range": "bytes=0-9"})
        return own, again, await other.connection.get(pages[0].images[0])

    own, again, stolen = served.run(images())
    assert {image.status for image in own} == {again.status} == {200}
    assert again.body == own[0].body
    assert stolen.status == 404
    assert {image.headers["cache-control"] for image in own} == {"no-store"}
    assert not {"etag", "last-modified", "age", "accept-ranges", "expires"} & {name for image in own for name in image.headers}
    assert len({(*image.headers,) for image in own}) == 1


def test_a_request_has_one_id_in_the_log_of_nginx_and_on_the_site(served: Served) -> None:
    answer = served.run(served.through().get("/nowhere/one/", {"X-Request-ID": "f" * 32}))
    line = next(line for line in served.front.logs().splitlines() if "/nowhere/one/" in line)
    assert line.split()[-1] == answer.headers["x-request-id"] != "f" * 32


def test_http_is_sent_to_https_under_the_site_s_own_name(served: Served) -> None:
    async def ask() -> Response:
        async with Connection(HOST, served.front.http, {}) as plain:
            return await plain.get("/s/abc/?PID=1", {"X-Forwarded-Host": "evil.example.org"})

    answer = served.run(ask())
    assert (answer.status, answer.headers["location"]) == (301, f"https://{NAME}/s/abc/?PID=1")


def test_a_made_up_address_gets_nobody_past_a_limit(served: Served) -> None:
    async def fail(connection: Connection, number: int) -> int:
        await connection.get("/admin/login/")
        form = {"username": "nobody", "password": "wrong", "csrfmiddlewaretoken": connection.cookies["csrftoken"]}
        made_up = {"X-Forwarded-For": f"203.0.113.{number}", "Referer": f"https://{NAME}/"}
        return (await connection.post("/admin/login/", form, made_up)).status

    async def answers() -> list[int]:
        attacker, neighbour = served.through("127.0.0.9"), served.through("127.0.0.10")
        return [await fail(attacker, number) for number in range(LOGINS_PER_HOUR + 1)] + [await fail(neighbour, 0)]

    assert served.run(answers()) == [200] * LOGINS_PER_HOUR + [429, 200]


@pytest.mark.parametrize(
    "path", ["/health/metrics", "/health//metrics", "/health/x/../metrics", "/health/%6detrics", "/health/metrics/"]
)
def test_metrics_are_for_nobody_outside(served: Served, path: str) -> None:
    assert served.run(served.through("127.0.0.2").get(path)).status == 403


def test_no_log_of_nginx_holds_what_follows_the_question_mark(served: Served) -> None:
    async def ask() -> list[int]:
        connection, query = served.through("127.0.0.2"), f"?PID={SECRET}"
        told = {"Referer": f"https://{NAME}/{query}"}
        paths = [f"/s/nothing/{query}", f"/health/metrics{query}"]
        large = await connection.post(f"/s/nothing/{query}", {"comment": "x" * 2**20}, told)
        return [large.status] + [(await connection.get(path, told)).status for path in paths]

    assert served.run(ask()) == [413, 404, 403]
    assert "GET /s/nothing/ HTTP/1.1" in served.front.logs()
    assert SECRET not in served.front.logs()


def test_while_the_site_is_away_workers_read_that_nothing_is_lost(tmp_path: Path) -> None:
    async def vote(nginx: Front) -> Response:
        async with Connection(HOST, nginx.https, {}, Secure(NAME, nginx.trusted)) as connection:
            return await connection.post(f"/t/abc/?PID={SECRET}", {"vote": "1"})

    with front(tmp_path, f"unix:{tmp_path}/nobody.sock") as nginx:
        answer = asyncio.run(vote(nginx))
        assert SECRET not in nginx.logs()
    assert (answer.status, answer.headers["cache-control"], answer.headers["retry-after"]) == (503, "no-store", "60")
    assert "What you have answered is saved" in answer.body.decode()


async def alongside(slow: list[SlowClient], meanwhile: Callable[[], Awaitable[None]]) -> list[int]:
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


def test_one_address_gets_no_more_than_its_share_of_connections(served: Served) -> None:
    async def ask_alongside() -> tuple[int, int]:
        crowd = [slow_sender(served.through("127.0.2.1"), served.site.link, b"agree=on") for _ in range(AT_ONCE)]
        statuses = []

        async def ask() -> None:
            own, other = served.through("127.0.2.1"), served.through("127.0.2.2")
            while (refused := (await own.get(served.site.link)).status) == 200:
                await asyncio.sleep(0.05)  # nginx has not read what all of them sent
            statuses.extend([refused, (await other.get(served.site.link)).status])

        await alongside(crowd, ask)
        return statuses[0], statuses[1]

    assert served.run(ask_alongside()) == (429, 200)


async def vote_to_the_end(visitor: Visitor, link: str) -> str:
    """Take part, and the address of the session's end."""
    path = await visitor.enter(link)
    while page := await visitor.look(path):
        path = await visitor.answer(page, visitor.choose(page)) or ""
    return path


async def slow_on_every_page(served: Served, voter: Visitor, newcomer: Visitor, end: SlowClient) -> list[SlowClient]:
    """A worker's open trial, its image, the votes on it, the way in of another, and the end of a third."""
    page = await first_page(voter, served.site.link)
    choices = voter.answers[page.path] = voter.choose(page)
    form = urlencode(page.form.filled(choices)).encode()
    return [
        slow_asker(newcomer.connection, served.site.link),
        slow_reader(voter.connection, page.path),
        slow_reader(voter.connection, page.images[0]),
        slow_sender(voter.connection, page.path, form),
        end,
    ]


def test_forty_slow_clients_on_all_pages_of_workers_keep_nobody_waiting_and_lose_no_vote(served: Served) -> None:
    normal, finished, *voters = visitors = [served.visitor(100 + number, f"127.0.1.{number}") for number in range(1, 11)]

    async def visit() -> list[int]:
        end = await vote_to_the_end(finished, served.site.link)
        slow = []
        for number, voter in enumerate(voters):
            at_the_end = slow_asker(finished.connection, end)
            slow += await slow_on_every_page(served, voter, served.visitor(200 + number), at_the_end)
        return await alongside(slow, lambda: normal.vote(served.site.link))

    assert served.run(visit()) == [200, 200, 200, 302, 200] * len(voters)
    assert len(normal.answers) == STUDY["trials_per_session"]
    assert acknowledged(visitors).items() <= votes_of(served.site.site.facts()).items()


def test_slow_clients_that_reach_gunicorn_itself_keep_everybody_waiting(served: Served) -> None:
    async def ask_alongside() -> None:
        slow = [slow_sender(served.straight({}), served.site.link, b"agree=on" * 100) for _ in range(40)]

        async def wait_in_vain() -> None:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(served.straight({}).get(served.site.link), 2)

        await alongside(slow, wait_in_vain)

    served.run(ask_alongside())
