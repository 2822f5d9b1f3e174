"""A panel of another site in Chromium: its page leads here, and people come back to it."""

import functools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studies.channels.panel.models import PanelLink
from studies.models import Session, Trial
from tests.e2e.conftest import OpenPage
from tests.e2e.journey import agree, expect_trial, vote_to_the_end
from tests.world_study import published_study

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Provider:
    """A panel's site: a page that sends people out, and a note of everybody who comes back, with what they bring."""

    link: str = ""
    came_back: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    referrers: list[str | None] = field(default_factory=list)
    address: str = ""

    def page(self, path: str, referrer: str | None) -> str:
        parts = urlsplit(path)
        if parts.path == "/":
            return f'<a href="{self.link}">To the study</a>'
        self.came_back.append((parts.path, dict(parse_qsl(parts.query))))
        self.referrers.append(referrer)
        return "<h1>Welcome back</h1>"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Under another name than the voting site, so that a browser takes it for another site."""
    site = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/favicon.ico":
                return self.send_error(404)
            page = site.page(self.path, self.headers["Referer"]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)
            return None

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        site.address = f"http://127.0.0.1:{server.server_port}"
        yield site
        server.shutdown()
        thread.join()


@pytest.fixture
def researcher(open_page: OpenPage, live_server: LiveServer, settings: Settings) -> Page:
    settings.SITE_URL = live_server.url
    user = User.objects.create_user("rita", password="a good password", is_staff=True)
    user.groups.add(Group.objects.get(name="researcher"))
    page = open_page(base_url=live_server.url)
    page.goto("/admin/")
    page.get_by_label("Username").fill("rita")
    page.get_by_label("Password").fill("a good password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()
    return page


def _add_panel(page: Page, provider: Provider) -> str:
    """Fill in the form as a researcher does; the address to paste."""
    page.get_by_role("link", name="Panels").click()
    page.get_by_label("Panel", exact=False).first.fill("connect")
    page.get_by_label("Participant's id").fill("participantId")
    page.get_by_label("Visit's id").fill("assignmentId")
    page.get_by_label("Parameters to hand back").fill("projectId")
    page.get_by_label("When done").fill(f"{provider.address}/done?who={{id}}&what={{visit}}&project={{projectId}}")
    page.get_by_label("When full").fill(f"{provider.address}/full?who={{id}}")
    page.get_by_role("button", name="Add the panel").click()
    expect(page.get_by_text("“connect” is a panel of this study.")).to_be_visible()
    return page.locator("td code").inner_text()


def _sent_by(provider: Provider, page: Page, pasted: str, participant: str) -> None:
    """Follow the link on the panel's page, in which the panel has put its own ids."""
    own = {"{{ID}}": participant, "{{VISIT}}": f"of-{participant}", "{{projectId}}": "J-7%268"}
    provider.link = functools.reduce(lambda link, word: link.replace(word, own[word]), own, pasted)
    page.goto(provider.address)
    page.get_by_role("link", name="To the study").click()


def test_people_come_from_a_panel_and_go_back_to_it(
    researcher: Page, open_page: OpenPage, provider: Provider, live_server: LiveServer
) -> None:
    study = published_study(prompts=("a red circle and a blue star",), votes_wanted=1)
    researcher.goto(f"/admin/studies/study/{study.pk}/change/")
    pasted = _add_panel(researcher, provider)

    page = open_page()
    _sent_by(provider, page, pasted, "P1")
    agree(page)
    expect_trial(page, 1)
    page.goto(f"{live_server.url}/s/{PanelLink.objects.get().link.token}/")  # as kept in a browser's history, say
    expect_trial(page, 1)
    vote_to_the_end(page, trials=1)
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    assert provider.came_back == [("/done", {"who": "P1", "what": "of-P1", "project": "J-7&8"})]
    assert provider.referrers == [None]  # no address of ours, which holds a token, is told
    assert (Session.objects.get().visit, Trial.objects.counted().count()) == ("of-P1", 1)

    other = open_page()
    _sent_by(provider, other, pasted, "P2")
    agree(other)
    other.get_by_role("link", name="Go on").click()
    expect(other.get_by_role("heading", name="Welcome back")).to_be_visible()
    assert provider.came_back[1:] == [("/full", {"who": "P2"})]

    researcher.reload()
    expect(researcher.get_by_role("row", name="connect")).to_contain_text("1 1 1")
