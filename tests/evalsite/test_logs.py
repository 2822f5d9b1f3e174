"""What log lines say and never say, of a real site whose secrets are all marked."""

import json
import logging
import os
import re
import runpy
import signal
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from psycopg import sql

from evalsite.health.models import TaskMark
from evalsite.logs.lines import Addresses, Ids, Json, Text
from generation import log_ids
from generation.models import Image
from generation.tasks import make_batch
from tests.factories_generation import BatchFactory, ImageFactory
from tests.generation.site import Site, site, wait_until
from tests.postgresql import new_database
from tests.real_server import HOST, RealServer, real_server

__all__ = ["site"]

MARK = "planted"
REQUEST_ID = "0123456789abcdef0123456789abcdef"
SECRETS = {
    "EVALSITE_SECRET_KEY": f"{MARK}-secret-key-that-is-long-enough",
    "EVALSITE_METRICS_TOKEN": f"{MARK}-metrics",
    "EVALSITE_PROLIFIC_TOKEN": f"{MARK}-prolific",
    "EVALSITE_PROLIFIC_WEBHOOK_SECRET": f"{MARK}-webhook",
    "EVALSITE_CHAT_KEY": f"{MARK}-chat",
    "AWS_ACCESS_KEY_ID": f"{MARK}-key-id",
    "AWS_SECRET_ACCESS_KEY": f"{MARK}-aws",
}


@pytest.fixture(autouse=True)
def nothing_is_noted() -> Iterator[None]:
    """Whatever tests before this one called noted ids outside of any request and task."""
    before = log_ids._ids.set({})
    yield
    log_ids._ids.reset(before)


@dataclass
class Watched:
    """A site with two processes and a broker that takes connections and is silent; counts what it has answered."""

    server: RealServer
    database: str
    log_file: Path
    answered: Counter[str] = field(default_factory=lambda: Counter({"4xx": 1}))  # what real_server waits for

    def ask(self, address: str, headers: Mapping[str, str] | None = None, **form: str) -> httpx.Response:
        """Ask once, as a new visitor by a proxy."""
        with httpx.Client(base_url=f"http://{HOST}:{self.server.site.port}", headers=headers, timeout=60) as client:
            response = client.post(address, data=form) if form else client.get(address)
        self.answered[f"{response.status_code // 100}xx"] += 1
        return response

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_file.read_text().splitlines()]

    def scraped(self) -> dict[str, float]:
        """The answers that the site has counted, by class of status."""
        before = dict(self.answered)
        text = self.ask("/health/metrics", {"Authorization": f"Bearer {SECRETS['EVALSITE_METRICS_TOKEN']}"}).text
        metrics = {metric.name: metric for metric in text_string_to_metric_families(text)}
        counted = metrics["evalsite_http_answers"].samples
        found = {sample.labels["status"]: sample.value for sample in counted if sample.name.endswith("_total")}
        assert found == before
        return {sample.labels["part"]: sample.value for sample in metrics["evalsite_up"].samples}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    study, options = {"prompts": 3, "size": 8}, ("--workers", "2")
    with ExitStack() as running:
        address = running.enter_context(new_database())
        silent = running.enter_context(socket.create_server((HOST, 0)))
        with pytest.MonkeyPatch.context() as environment:
            for name, secret in SECRETS.items():
                environment.setenv(name, secret)
            environment.setenv("EVALSITE_LOGS", "json")
            environment.setenv("EVALSITE_TRUSTED_PROXIES", "1")
            environment.setenv("EVALSITE_BROKER", f"redis://:{MARK}-broker@{HOST}:{silent.getsockname()[1]}/0")
            database = address.replace("@", f":{MARK}-database@")
            server = running.enter_context(real_server(folder, study, database=database, options=options))
        yield Watched(server, address, folder / "site.log")


def test_every_line_is_an_object_and_none_holds_a_secret(watched: Watched) -> None:
    """Secrets stand in the environment, query strings, paths, cookies, headers and forms; one page fails on the way."""
    study = watched.server.link
    headers = {"Cookie": f"sessionid={MARK}-cookie", "Referer": f"http://{MARK}-referer/", "User-Agent": f"{MARK}-agent"}
    watched.ask(f"{study}?PROLIFIC_PID={MARK}-participant", {**headers, "X-Request-ID": REQUEST_ID})
    watched.ask(f"/m/{MARK}-hit/?workerId={MARK}-worker&assignmentId={MARK}-assignment", headers)
    watched.ask(f"/p/{MARK}-link/", headers)
    watched.ask(f"/p/{MARK}-mistyped", headers)
    watched.ask(f"/{MARK}-unknown", headers)
    watched.ask("/admin/login/", headers, username=f"{MARK}-user", password=f"{MARK}-password")
    watched.ask("/health/ready", headers)
    assert watched.scraped() == {"database": 1, "storage": 1, "broker": 0}
    with without_table(watched.database, "studies_personallink"):
        failed = watched.ask(f"/p/{MARK}-of-somebody/", headers)
    assert failed.status_code == 500
    assert failed.headers["X-Request-ID"] in failed.text

    assert MARK not in watched.log_file.read_text()
    assert study.split("/")[2] not in watched.log_file.read_text()
    lines = watched.lines()
    assert {(line["level"], line["logger"]) for line in lines} >= {("INFO", "gunicorn.error"), ("ERROR", "django.request")}
    accesses = [(line["method"], line["address"], line["status"]) for line in lines if line["logger"] == "evalsite.access"]
    assert ("GET", "/s/<slug:token>/", 200) in accesses
    assert ("GET", "/p/<slug:token>/", 500) in accesses
    assert ("GET", "unknown", 404) in accesses
    assert ("GET", "/health/ready", 503) in accesses
    (of_study,) = [line for line in lines if line.get("request") == REQUEST_ID and line["logger"] == "evalsite.access"]
    assert of_study["study"].isdecimal()
    (error,) = [line for line in lines if line["logger"] == "django.request" and "/p/" in line["message"]]
    assert error["request"] == failed.headers["X-Request-ID"]
    assert "UndefinedTable" in error["exception"]


@contextmanager
def without_table(database: str, table: str) -> Iterator[None]:
    """A block in which a table of the database has another name."""
    rename = "ALTER TABLE {} RENAME TO {}"
    names = [sql.Identifier(table), sql.Identifier(f"{table}_hidden")]
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(sql.SQL(rename).format(*names))
        yield
        connection.execute(sql.SQL(rename).format(*reversed(names)))


@pytest.mark.parametrize("told", [REQUEST_ID, "00000000-1111-2222-3333-444444444444"])
def test_a_proxy_s_request_id_comes_back(watched: Watched, told: str) -> None:
    assert watched.ask("/health/live", {"X-Request-ID": told}).headers["X-Request-ID"] == told


@pytest.mark.parametrize("told", ["", "short", "a worker's own words, long enough", REQUEST_ID * 3])
def test_an_id_that_is_none_is_replaced_by_a_random_one(watched: Watched, told: str) -> None:
    first, second = (watched.ask("/health/live", {"X-Request-ID": told}).headers["X-Request-ID"] for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


def test_nobody_is_believed_about_an_id_without_a_trusted_proxy(client: Client) -> None:
    assert client.get("/health/live", headers={"X-Request-ID": REQUEST_ID}).headers["X-Request-ID"] != REQUEST_ID


def test_processes_count_together_and_what_a_killed_one_counted_is_kept(watched: Watched) -> None:
    for _ in range(8):
        watched.ask("/health/live")
    watched.scraped()
    gunicorn = watched.server.process.pid
    killed, _ = children(gunicorn)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: len(children(gunicorn)) == 2 and killed not in children(gunicorn), "another process")
    watched.scraped()


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "ids"),
    [
        ("/live/7/", {"study": "7"}),
        ("/admin/studies/study/7/change/", {"study": "7"}),
        ("/admin/studies/study/7/example/8.png", {"study": "7"}),
        ("/admin/studies/study/thumbnail/8.png", {}),
        ("/admin/generation/run/9/change/", {"run": "9"}),
        ("/admin/generation/condition/9/change/", {}),
    ],
)
def test_lines_of_a_researcher_s_page_name_what_it_is_about(
    researcher: Client, caplog: pytest.LogCaptureFixture, address: str, ids: dict[str, str]
) -> None:
    caplog.handler.addFilter(Ids())
    caplog.set_level("INFO", "evalsite.access")
    response = researcher.get(address)
    (line,) = [record for record in caplog.records if record.name == "evalsite.access"]
    assert vars(line)["ids"] == {"request": response.headers["X-Request-ID"], **ids}


# Workers

CALLS = """
from generation import log_ids
from generation.tasks import sweep
from analysis.web.tasks import compute_results
with log_ids.about(request="of-the-caller"):
    sweep.delay()
    compute_results.delay("no number")
"""


def test_lines_of_tasks_carry_the_request_that_called_them(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALSITE_LOGS", "json")
    assert site.manage("shell", "--no-imports", "-c", CALLS).returncode == 0
    with site.worker("logging"):
        wait_until(lambda: TaskMark.objects.count() == 2, "the marks of both tasks")
    marks = {mark.task: (mark.succeeded_at is not None, mark.failures) for mark in TaskMark.objects.all()}
    assert marks == {"generation.tasks.sweep": (True, 0), "analysis.web.tasks.compute_results": (False, 1)}
    printed = (site.folder / "logging.log").read_text().splitlines()
    lines = [json.loads(line) for line in printed if line.startswith("{")]
    of_tasks = [line for line in lines if line["logger"] == "celery.app.trace"]
    assert {(line["level"], line["request"]) for line in of_tasks} >= {("ERROR", "of-the-caller")}
    assert all(line["task"] in line["message"] for line in of_tasks)


@pytest.mark.django_db
def test_lines_of_a_batch_name_it_and_its_run(caplog: pytest.LogCaptureFixture) -> None:
    batch = BatchFactory.create()
    ImageFactory.create(state=Image.State.QUEUED, batch=batch)
    caplog.handler.addFilter(Ids())
    with log_ids.about():
        make_batch(batch.pk)
    (failed,) = [record for record in caplog.records if record.name == "generation.making.images"]
    assert vars(failed)["ids"] == {"run": str(batch.run_id), "batch": str(batch.pk)}


# Lines


def test_a_form_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALSITE_LOGS", "xml")
    with pytest.raises(ImproperlyConfigured, match="EVALSITE_LOGS must be one of text, json, not 'xml'"):
        runpy.run_path(str(Path(settings.BASE_DIR) / "evalsite" / "settings.py"))


def record(message: str, *args: object, **fields: object) -> logging.LogRecord:
    made = logging.getLogger("some.logger").makeRecord("some.logger", logging.ERROR, "", 0, message, args, None)
    vars(made).update(fields)
    assert Ids().filter(made)
    assert Addresses().filter(made)
    return made


def test_a_line_for_people_is_short() -> None:
    with log_ids.about(request="abc", study=7):
        line = Text().format(record("%s is %s", "it", "so"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z ERROR some\.logger request=abc study=7: it is so", line)


def test_ids_are_forgotten_with_what_they_were_noted_in() -> None:
    with log_ids.about(task="t"):
        with log_ids.about(batch=1):
            log_ids.note(run=2)
            assert json.loads(Json().format(record("made"))).items() >= {"task": "t", "batch": "1", "run": "2"}.items()
        assert log_ids.current() == {"task": "t"}
    assert log_ids.current() == {}


def test_django_s_own_lines_hold_no_path() -> None:
    request = HttpRequest()
    request.path = f"/p/{MARK}/"
    assert Json().format(record("Not Found: %s", request.path, request=request)).count("unknown") == 1


def test_what_postgresql_quotes_of_rows_is_left_out() -> None:
    error = ValueError(f"no such column\nLINE 1: SELECT '{MARK}'\n        ^\nDETAIL:  Key (token)=({MARK}) exists.\nHINT: none")
    made = record("failed", exc_info=(ValueError, error, None))
    assert MARK not in Text().format(made)
    told = json.loads(Json().format(made))["exception"]
    assert "no such column\nLINE 1: …\n" in told
    assert told.endswith("HINT: none")
