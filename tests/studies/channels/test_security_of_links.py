"""What an attacker tries with the links of Prolific and of panels, with other people's addresses, and with logs."""

import logging
import re
import runpy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from gunicorn.config import Config
from gunicorn.glogging import Logger
from pytest_django import Settings

from evalsite.logs.configuration import TALKATIVE
from studies.channels.mturk.models import Hit
from studies.channels.mturk.questions.errors import ImageHostRefused
from studies.channels.mturk.questions.images import ImageHost
from studies.channels.mturk.visits import Visit
from studies.channels.panel.addresses import FaultyAddress, check
from studies.channels.prolific.client import Prolific
from studies.models import Link, Session, Study, Trial
from tests.studies.channels.frames import rows, start
from tests.studies.channels.mturk.questions.servers import answering
from tests.studies.channels.panel.panels import panel_link
from tests.studies.channels.prolific.rows import planned, published
from tests.studies.channels.prolific.stand_in import TOKEN, running
from tests.studies.visiting import BOXES, agree, image_address

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # of Amazon's documentation


# Prolific's and a panel's people


ODD = ["", "\x00", "a\x00b", "x" * 10_000, "a b", "a\r\nSet-Cookie: x=1", "\u202egnp", "\ufdd0", "{id}\n"]
WORDS = [
    "..",
    "//evil.example",
    "@evil.example",
    "\\evil.example",
    "?cc=1",
    "#",
    "javascript:alert(1)",
    "<script>",
    "ü",
    "%2e",
    "'",
]


def prolific_link(study: Study) -> str:
    planned(study)
    return Link.objects.get(study=study, channel="prolific").address


def connect_link(study: Study) -> str:
    return panel_link(study, complete="https://panel.example/{id}/done?visit={visit}").link.address


def brings(link: str, participant: str, visit: str = "S1") -> str:
    """The link as a participant follows it, on Prolific or on the panel."""
    names = {"PROLIFIC_PID": participant, "SESSION_ID": visit, "pid": participant, "sub": visit}
    return f"{urlsplit(link).path}?{urlencode(names)}"


LINKS = pytest.mark.parametrize("link_of", [prolific_link, connect_link])


@LINKS
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd[:8]))
def test_what_is_no_id_is_refused_in_a_sentence(client: Client, study: Study, link_of: Any, odd: str) -> None:
    link = link_of(study)
    for path in (brings(link, odd), brings(link, "P1", odd)):
        for response in (client.get(path), client.post(path, BOXES)):
            assert response.status_code == 400
            assert "Please open" in response.content.decode()
            assert not response.cookies
    assert rows()[:5] == (0, 0, 0, 0, 0)


@LINKS
@pytest.mark.parametrize("word", WORDS)
def test_words_that_mean_something_elsewhere_are_refused_or_only_ids(
    client: Client, study: Study, link_of: Any, word: str
) -> None:
    link = link_of(study)
    for response in (client.get(brings(link, word)), client.post(brings(link, word), BOXES)):
        assert response.status_code in (200, 302, 400)
        assert "<script>" not in response.content.decode()
        assert not urlsplit(response.headers.get("Location", "")).netloc


@pytest.mark.parametrize("word", WORDS)
def test_no_id_leads_to_another_site_than_the_panel_s(client: Client, study: Study, word: str) -> None:
    agree(client, brings(connect_link(study), word))
    Session.objects.update(state=Session.State.DONE)
    out = client.get(reverse("panel_complete", args=[Session.objects.get().token])).headers["Location"]
    assert urlsplit(out)._replace(path="", query="").geturl() == "https://panel.example"
    assert out.endswith(f"/{quote(word, safe='')}/done?visit=S1")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "https://{id}.example", "https://a@evil.example"])
def test_no_panel_leads_out_by_such_an_address(address: str) -> None:
    with pytest.raises(FaultyAddress):
        check(address, {"id"})


def test_a_reason_is_text(client: Client, study: Study) -> None:
    link = panel_link(study, panel="<script>alert(1)</script>")
    page = client.get(urlsplit(link.link.address).path)
    assert page.status_code == 400
    assert "&lt;script&gt;" in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_the_cookies_of_participants_are_for_this_site_and_no_script(study: Study, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    for link in (prolific_link(study), connect_link(study), study.link_path):
        browser = Client()
        browser.get(brings(link, "P1"))
        ours = [cookie for name, cookie in browser.cookies.items() if name != "csrftoken"]
        assert {(cookie["httponly"], cookie["secure"], cookie["samesite"]) for cookie in ours} == {(True, True, "Lax")}


@pytest.mark.parametrize("link_of", [prolific_link, connect_link, lambda study: study.link_path])
def test_nobody_gets_at_a_session_by_its_addresses(study: Study, link_of: Any) -> None:
    """Whoever was sent them, or read them in a history; with a session of one's own, too."""
    link = link_of(study)
    agree(Client(), brings(link, "P1"))
    session = Session.objects.get()
    trial = session.trials.order_by("number")[0]
    before = rows(), list(Trial.objects.values()), list(Session.objects.values())
    stranger, other = Client(), Client()
    other.get(brings(link, "P2"))
    for client in (stranger, other):
        for name in ("end", "quiz", "withdraw", "panel_complete", "comment", "undo"):
            path = reverse(name, args=[session.token])
            assert {client.get(path).status_code, client.post(path).status_code} <= {404, 405}, name
        for name in ("trial", "report"):
            path = reverse(name, args=[trial.token])
            assert {client.get(path).status_code, client.post(path).status_code} <= {404, 405}, name
        assert client.get(image_address(trial)).status_code == 404
    assert (rows(), list(Trial.objects.values()), list(Session.objects.values())) == before


def test_ids_written_into_a_frame_s_address_take_nothing_away_from_their_worker(client: Client, hit: Hit) -> None:
    """Mechanical Turk signs no id: with a worker's id anybody gets a token, and no page but images may know them by it."""
    start(client, hit)
    session, trial = Session.objects.get(), Trial.objects.get()
    before = rows(), list(Trial.objects.values()), list(Session.objects.values())
    for token in (Visit("A1", "S1", hit.token).token, Visit("A1", "made-up", hit.token).token, ""):
        for name in ("end", "quiz", "withdraw", "comment", "undo"):
            path = reverse(name, args=[session.token], query={"visit": token})
            assert {client.get(path).status_code, client.post(path, {"trial": trial.token}).status_code} <= {404, 405}, name
        for name in ("trial", "report"):
            path = reverse(name, args=[trial.token], query={"visit": token})
            assert {client.get(path).status_code, client.post(path).status_code} <= {404, 405}, name
    assert (rows(), list(Trial.objects.values()), list(Session.objects.values())) == before


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "9" * 5000, "٣", "x"])
def test_prolific_s_notifications_need_a_time(client: Client, settings: Settings, timestamp: str) -> None:
    settings.PROLIFIC_WEBHOOK_SECRET = "secret"
    headers = {"X-Prolific-Request-Timestamp": timestamp, "X-Prolific-Request-Signature": "x"}
    assert client.post("/prolific/notified/", "{}", content_type="application/json", headers=headers).status_code == 403


# What logs hold


def test_an_access_log_holds_no_token_of_a_worker_and_no_id_of_a_participant() -> None:
    config = Config()
    for name, value in runpy.run_path(str(ROOT / "gunicorn.conf.py")).items():
        if name in config.settings:
            config.set(name, value)
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": "/s/abc/?visit=secret",
        "PATH_INFO": "/s/abc/",
        "QUERY_STRING": "visit=secret",
        "HTTP_REFERER": "https://votes.example.org/m/abc/?visit=secret",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_USER_AGENT": "browser",
    }
    response = SimpleNamespace(status="200 OK", sent=7, headers=[])
    logger = Logger(config)
    atoms = logger.atoms(response, SimpleNamespace(headers=[]), environ, timedelta(milliseconds=3))
    line = config.access_log_format % logger.atoms_wrapper_class(atoms)
    assert re.search(r'"GET /s/abc/ HTTP/1.1" 200 7 3 ms "browser"$', line)
    assert "secret" not in line


def say_all(caplog: pytest.LogCaptureFixture) -> None:
    for name in (None, *TALKATIVE):
        caplog.set_level(logging.DEBUG, logger=name)


def test_no_log_holds_the_token_of_prolific(caplog: pytest.LogCaptureFixture) -> None:
    say_all(caplog)
    with running() as stand_in:
        published(Prolific(url=stand_in.url, token=TOKEN, timeout=5))
    assert f"{stand_in.url}/studies/" in caplog.text
    assert TOKEN not in caplog.text


def test_neither_a_log_nor_an_error_holds_a_key_to_aws(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_all(caplog)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    with answering(403, {}) as url, pytest.raises(ImageHostRefused) as refused:
        ImageHost("pictures", "us-east-1", "x/", public=False, endpoint_url=url).upload("k", b"png")
    assert "AWS4-HMAC-SHA256" in caplog.text
    assert SECRET_KEY not in caplog.text + str(refused.value)
