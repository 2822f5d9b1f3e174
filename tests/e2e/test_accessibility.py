"""axe finds nothing on any kind of page, large and small, light and dark."""

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studies.models import Criterion, Session, Study
from studies.publishing import publish
from tests.e2e.conftest import DESKTOP, PHONE, OpenPage
from tests.e2e.journey import CORRECTNESS, QUALITY, agree, choose, go_on, start, vote_to_the_end
from tests.world_study import NOON, PROMPTS, draft_study, published_study

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize(
        "options",
        [
            pytest.param({"viewport": DESKTOP, "color_scheme": "light"}, id="desktop, light"),
            pytest.param({"viewport": DESKTOP, "color_scheme": "dark"}, id="desktop, dark"),
            pytest.param({"viewport": PHONE, "color_scheme": "light"}, id="phone, light"),
        ],
    ),
]
Options = dict[str, Any]
WITH_TARGET_SIZE = {"rules": {"target-size": {"enabled": True}}}  # of WCAG 2.2, which axe does not check by itself
FORGET_REQUIRED = "fields => fields.forEach((field) => { field.required = false; })"


def assert_accessible(page: Page) -> None:
    results = Axe().run(page, options=WITH_TARGET_SIZE)
    assert results.violations_count == 0, results.generate_report()


def send_unanswered(page: Page, button: str) -> None:
    page.locator("input").evaluate_all(FORGET_REQUIRED)
    page.get_by_role("button", name=button).click()
    page.get_by_role("alert").filter(has_text="something is missing").wait_for()


def test_the_welcome_page(live_server: LiveServer, open_page: OpenPage, options: Options) -> None:
    page = open_page(**options)
    page.goto(live_server.url + published_study().link_path)
    assert_accessible(page)
    send_unanswered(page, "Start")
    assert_accessible(page)


@pytest.mark.parametrize("conditions", [2, 4])
def test_a_trial(live_server: LiveServer, open_page: OpenPage, options: Options, conditions: int) -> None:
    page = open_page(**options)
    start(page, live_server.url + published_study(conditions=conditions).rehearsal_link_path)
    assert_accessible(page)
    page.get_by_text("Instructions").click()
    choose(page, CORRECTNESS, "Image 1")
    page.keyboard.press("z")
    assert_accessible(page)
    send_unanswered(page, "Next")
    assert_accessible(page)


def test_a_trial_with_everything_open(live_server: LiveServer, open_page: OpenPage, options: Options) -> None:
    page = open_page(**options)
    study = draft_study(conditions=3, prompts=PROMPTS, practice_trials=1)
    Criterion.objects.filter(name="correctness").update(has_gold_answer=True)
    publish(study, NOON)
    start(page, live_server.url + study.link_path)
    choose(page, CORRECTNESS, "No clear winner")
    choose(page, QUALITY, "Image 1")
    go_on(page)
    page.get_by_text("Look again.").wait_for()
    page.get_by_role("button", name="Flip").click()
    page.get_by_text("An image is broken").click()
    assert_accessible(page)
    page.get_by_label("What is wrong?").evaluate("field => { field.maxLength = 1000; field.value = 'x'.repeat(400); }")
    page.get_by_role("button", name="Report it and go on").click()
    expect(page.get_by_label("What is wrong?")).to_be_focused()
    assert_accessible(page)


def test_the_thanks(live_server: LiveServer, open_page: OpenPage, options: Options) -> None:
    page = open_page(**options)
    start(page, live_server.url + published_study().link_path)
    vote_to_the_end(page, trials=3)
    assert_accessible(page)


def test_no_place_left(live_server: LiveServer, open_page: OpenPage, options: Options) -> None:
    link = live_server.url + published_study(votes_wanted=1).link_path
    start(open_page(), link)
    page = open_page(**options)
    page.goto(link)
    agree(page)
    page.get_by_role("heading", name="No place left").wait_for()
    assert_accessible(page)


def test_a_closed_study(live_server: LiveServer, open_page: OpenPage, options: Options) -> None:
    link = live_server.url + published_study().link_path
    Study.objects.update(state=Study.State.CLOSED)
    page = open_page(**options)
    page.goto(link)
    page.get_by_role("heading", name="closed").wait_for()
    assert_accessible(page)


def test_an_expired_session(live_server: LiveServer, open_page: OpenPage, options: Options) -> None:
    page = open_page(**options)
    start(page, live_server.url + published_study().link_path)
    session = Session.objects.get()
    Session.objects.update(last_seen_at=timezone.now() - timedelta(days=1))
    Session.objects.abandon_stale(session.study, timezone.now())
    choose(page, CORRECTNESS, "Image 1")
    choose(page, QUALITY, "Image 1")
    go_on(page)
    page.get_by_role("heading", name="expired").wait_for()
    assert_accessible(page)


def test_a_page_that_is_not_found(live_server: LiveServer, open_page: OpenPage, options: Options) -> None:
    page = open_page(**options)
    page.goto(f"{live_server.url}/s/nothing/")
    page.get_by_role("heading", name="not found").wait_for()
    assert_accessible(page)


def test_a_browser_that_refuses_cookies(live_server: LiveServer, open_page: OpenPage, options: Options) -> None:
    page = open_page(**options)
    page.goto(live_server.url + published_study().link_path)
    page.context.clear_cookies()
    agree(page)
    page.get_by_role("heading", name="could not be accepted").wait_for()
    assert_accessible(page)
