"""axe finds nothing on the pages around the trials, when a study asks for everything that can be asked."""

from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from studies.models import QuizQuestion, Study
from studies.publishing import publish
from tests.e2e.conftest import DESKTOP, PHONE, OpenPage
from tests.e2e.journey import agree, vote_to_the_end
from tests.e2e.test_accessibility import FORGET_REQUIRED, assert_accessible
from tests.factories_studies import ExampleFactory
from tests.world_study import NOON, PROMPTS, draft_study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def study() -> Study:
    """A study with examples, a quiz, demographics and a notice of adult content."""
    study = draft_study(conditions=2, prompts=PROMPTS[:1], adult_content=True, asks_demographics=True)
    ExampleFactory.create(study=study)
    QuizQuestion.objects.create(study=study, question="Do colours count?", choices="Yes\nNo")
    publish(study, NOON)
    return study


def look_at(page: Page, heading: str) -> None:
    page.get_by_role("heading", name=heading).wait_for()
    assert_accessible(page)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"viewport": DESKTOP, "color_scheme": "light"}, id="desktop, light"),
        pytest.param({"viewport": PHONE, "color_scheme": "dark"}, id="phone, dark"),
    ],
)
def test_the_pages_around_the_trials(
    live_server: LiveServer, open_page: OpenPage, study: Study, options: dict[str, Any]
) -> None:
    page = open_page(**options)
    link = live_server.url + study.link_path
    page.goto(link)
    look_at(page, "Compare images")
    page.locator("input").evaluate_all(FORGET_REQUIRED)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)
    agree(page)
    look_at(page, "A few questions first")
    page.get_by_label("No").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Go on").click()
    vote_to_the_end(page, trials=1)
    page.get_by_role("textbox").fill("Too dark.")
    page.get_by_role("button", name="Send the comment").click()
    page.get_by_role("status").wait_for()
    assert_accessible(page)
    page.get_by_role("link", name="Withdraw").click()
    look_at(page, "Pause or withdraw")
    page.get_by_role("button", name="Withdraw and delete my answers").click()
    look_at(page, "You have withdrawn")
    Study.objects.update(invited_only=True)
    stranger = open_page(**options)
    stranger.goto(link)
    look_at(stranger, "This study is by invitation")
    study.pause()
    stranger.goto(link)
    look_at(stranger, "This study is paused")
