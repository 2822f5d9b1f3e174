"""Taking the last answer back, reporting an image and looking again at what did not load, with and without JavaScript."""

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from studies.models import Report, Trial, Vote
from tests.e2e.conftest import OpenPage
from tests.e2e.journey import CORRECTNESS, QUALITY, agree, choose, expect_trial, go_on, start, vote_to_the_end
from tests.factories_studies import shown_conditions
from tests.world_study import published_study

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.parametrize("scripts", [True, False])]


@pytest.fixture
def page(live_server: LiveServer, open_page: OpenPage, scripts: bool) -> Page:
    """A browser at the first of three trials."""
    page = open_page(java_script_enabled=scripts)
    start(page, live_server.url + published_study().link_path)
    return page


def answer(page: Page, choice: str) -> None:
    choose(page, CORRECTNESS, choice)
    choose(page, QUALITY, choice)
    go_on(page)


def test_the_last_answer_is_changed(page: Page) -> None:
    answer(page, "Image 1")
    expect_trial(page, 2)
    page.get_by_role("button", name="Change my last answer").click()
    expect_trial(page, 1)
    answer(page, "Image 2")
    expect_trial(page, 2)
    first = Trial.objects.get(number=1)
    assert first.undone == 1
    assert {vote.condition for vote in Vote.objects.all()} == {shown_conditions(first)[1]}
    vote_to_the_end(page, trials=3, first=2)


def test_a_broken_image_is_reported(page: Page) -> None:
    page.get_by_text("An image is broken").click()
    page.get_by_label("What is wrong?").fill("Half of it is black.")
    page.get_by_role("button", name="Report it and go on").click()
    expect(page.get_by_text("1 of 2")).to_be_visible()
    assert Report.objects.get().text == "Half of it is black."
    answer(page, "Image 1")
    expect_trial(page, 2)
    answer(page, "Image 1")
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    assert Trial.objects.counted().count() == 2


def test_an_image_that_did_not_load_is_asked_for_again_and_the_answer_stays(
    live_server: LiveServer, open_page: OpenPage, scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)

    def lost(route: Route) -> None:
        route.abort()

    page.route("**/i/**", lost)
    page.goto(live_server.url + published_study().link_path)
    agree(page)
    expect_trial(page, 1)
    page.unroute("**/i/**", lost)
    answer(page, "Image 1")
    expect(page.get_by_text("Not every image had reached you")).to_be_visible()
    expect_trial(page, 1)
    assert not Vote.objects.exists()
    go_on(page)
    expect_trial(page, 2)
