"""The admin works under the site's security policy: Chromium refuses none of its scripts and styles."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from studies.models import Study
from tests.e2e.conftest import OpenPage
from tests.world_study import published_study

NOT_FOLLOWED = r".*\.|.*/logout/|/[st]/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def refused() -> list[str]:
    """What the browser refused to load or run, by page."""
    return []


@pytest.fixture
def page(open_page: OpenPage, live_server: LiveServer, refused: list[str]) -> Page:
    """A researcher's browser, in the dark, on the admin's first page."""

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(f"{message.location['url']}: {message.text}")

    User.objects.create_superuser("researcher", password="a good password")
    page = open_page(color_scheme="dark")
    page.on("console", listen)
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").fill("researcher")
    page.get_by_label("Password").fill("a good password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()
    return page


def kind_of(address: str) -> str:
    """The path without numbers: one page of each kind is enough."""
    return re.sub(r"\d+", "1", urlsplit(address).path)


def crawl(page: Page, *addresses: str) -> set[str]:
    """Open these and one page of each kind that their links lead to, but no file, no page of workers, and not the way out."""
    site = urljoin(page.url, "/")
    waiting, seen = list(addresses), set[str]()
    while waiting:
        answer = page.goto(waiting.pop())
        assert answer, "the page was not opened"
        assert answer.ok, answer.url
        seen.add(kind_of(page.url))
        links: list[str] = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        for link in links:
            kind = kind_of(link)
            if link.startswith(site) and not re.match(NOT_FOLLOWED, kind) and kind not in seen:
                seen.add(kind)
                waiting.append(link)
    return seen


def test_no_page_of_the_admin_has_anything_refused(page: Page, refused: list[str]) -> None:
    live = urljoin(page.url, f"/live/{published_study().pk}/")
    Study.objects.update(shows_results_while_open=True)
    draft = Study.objects.create(name="A draft", instructions="Choose.", consent="You may stop.")
    drafts_pages = [urljoin(page.url, f"studies/study/{draft.pk}/{name}/") for name in ("change", "delete")]
    seen = crawl(page, page.url, urljoin(page.url, "auth/user/?is_staff__exact=1&o=1"), live, *drafts_pages)
    assert {
        f"/admin/studies/study/{name}" for name in ("", "add/", "1/change/", "1/delete/", "1/gallery/", "1/preview/", "1/log/")
    } <= seen
    assert {f"/admin/generation/{name}/add/" for name in ("checkpoint", "condition", "promptset")} <= seen
    assert refused == []


def test_rows_calendars_clocks_and_lists_work_under_the_policy(page: Page, live_server: LiveServer, refused: list[str]) -> None:
    page.goto(f"{live_server.url}/admin/studies/study/add/")
    rows = page.locator("tr.dynamic-criteria")
    before = rows.count()
    page.get_by_role("button", name="Add another Criterion").click()
    expect(rows).to_have_count(before + 1)
    page.goto(f"{live_server.url}/admin/auth/user/{User.objects.get().pk}/change/")
    page.locator("#calendarlink0").click()
    expect(page.locator("#calendarbox0")).to_be_visible()
    page.locator("#clocklink0").click()
    expect(page.locator("#clockbox0")).to_be_visible()
    expect(page.locator("#id_user_permissions_to")).to_be_visible()
    assert refused == []


def test_the_button_for_light_and_dark_works_under_the_policy(page: Page, refused: list[str]) -> None:
    theme = page.locator("html").get_attribute("data-theme")
    page.get_by_role("button", name=re.compile("Toggle theme")).first.click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", theme or "")
    assert refused == []


def test_an_inline_style_would_be_noticed(page: Page, refused: list[str]) -> None:
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">Not so.</p>')")
    expect(page.get_by_text("Not so.")).to_be_visible()
    assert len(refused) == 1
