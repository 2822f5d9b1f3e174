"""The real site through nginx as it is shipped: visits, headers, addresses, logs; and slow clients on every page of workers."""

import asyncio
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.front import NAME, Front, front
from tests.deploy.served import Served, serve
from tests.deploy.slow_clients import slow_asker, slow_sender
from tests.deploy.slow_crowd import alongside, first_page, slow_crowd
from tests.http_connection import Connection, Response, Secure
from tests.real_server import HOST, votes_of
from tests.visitor import Visitor, acknowledged

STUDY = {"prompts": 4, "size": 256, "votes_wanted": 20, "trials_per_session": 2}
LOGINS_PER_HOUR, AT_ONCE = 3, 200
OWN = {"server", "date", "connection", "x-request-id"}  # headers that differ from one answer to the next
SECRET = "secret-of-a-person"
LONG_FORM = b"agree=on&" * 100  # which takes slow clients minutes


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    variables = {"EVALSITE_LOGINS_PER_HOUR": str(LOGINS_PER_HOUR)}
    with serve(tmp_path_factory.mktemp("site"), STUDY, variables) as served:
        yield served


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


def test_one_address_gets_no_more_than_its_share_of_connections(served: Served) -> None:
    async def ask_alongside() -> tuple[int, int]:
        crowd = [slow_sender(served.through("127.0.2.1"), served.site.link, LONG_FORM) for _ in range(AT_ONCE)]
        statuses = []

        async def ask() -> None:
            own, other = served.through("127.0.2.1"), served.through("127.0.2.2")
            while (refused := (await own.get(served.site.link)).status) == 200:
                await asyncio.sleep(0.05)  # nginx has not read what all of them sent
            statuses.extend([refused, (await other.get(served.site.link)).status])

        await alongside(crowd, ask)
        return statuses[0], statuses[1]

    assert served.run(ask_alongside()) == (429, 200)


def test_forty_slow_clients_on_all_pages_of_workers_keep_nobody_waiting_and_lose_no_vote(served: Served) -> None:
    normal, slow_workers = served.visitor(100), 8
    newcomers = (served.visitor(number, f"127.0.1.{number}") for number in itertools.count(101))

    async def visit() -> tuple[list[int], list[Visitor]]:
        crowd = await slow_crowd(newcomers, served.site.link, slow_workers)
        return await alongside(crowd.clients, lambda: normal.vote(served.site.link)), crowd.visitors

    statuses, visitors = served.run(visit())
    assert statuses == [200, 200, 200, 302, 200] * slow_workers
    assert len(normal.answers) == STUDY["trials_per_session"]
    assert acknowledged([normal, *visitors]).items() <= votes_of(served.site.site.facts()).items()


def test_slow_clients_that_reach_gunicorn_itself_keep_everybody_waiting(served: Served) -> None:
    async def ask_alongside() -> None:
        slow = [slow_asker(served.straight({}), served.site.link) for _ in range(40)]

        async def wait_in_vain() -> None:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(served.straight({}).get(served.site.link), 2)

        await alongside(slow, wait_in_vain)

    served.run(ask_alongside())
