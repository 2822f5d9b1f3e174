"""From the link to the last vote."""

import re
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Page, expect
from pytest_django.live_server_helper import LiveServer

from studies.models import Criterion, Session, Study, Trial, Vote
from tests.e2e.conftest import DESKTOP, PHONE, OpenPage
from tests.e2e.journey import CORRECTNESS, QUALITY, agree, choose, expect_trial, go_on, start, vote_to_the_end
from tests.factories_studies import shown_conditions
from tests.world_study import published_study

pytestmark = pytest.mark.django_db(transaction=True)
TRIALS = 3
BROWSERS: list[Any] = [
    pytest.param({"viewport": DESKTOP}, id="desktop"),
    pytest.param({"viewport": PHONE, "has_touch": True, "is_mobile": True}, id="phone"),
    pytest.param({"viewport": DESKTOP, "java_script_enabled": False}, id="without JavaScript"),
    pytest.param({"viewport": PHONE, "java_script_enabled": False}, id="phone without JavaScript"),
]


@pytest.fixture
def study() -> Study:
    return published_study(votes_wanted=2)


@pytest.fixture
def link(live_server: LiveServer, study: Study) -> str:
    return live_server.url + study.link_path


@pytest.mark.parametrize("options", BROWSERS)
@pytest.mark.parametrize("conditions", [2, 4])
def test_from_the_link_to_the_last_vote(
    live_server: LiveServer, open_page: OpenPage, options: dict[str, Any], conditions: int
) -> None:
    study = published_study(conditions=conditions)
    page = open_page(**options)
    start(page, live_server.url + study.link_path)
    vote_to_the_end(page, TRIALS)
    expect(page.get_by_text(Session.objects.get().code)).to_be_visible()
    for trial in Trial.objects.all():
        correctness, quality = Vote.objects.filter(trial=trial).order_by("criterion__position")
        assert correctness.condition == shown_conditions(trial)[0]
        assert quality.no_clear_winner


def boxes_of_images(page: Page) -> list[FloatRect]:
    boxes = [image.bounding_box() for image in page.locator("figure img").all()]
    return [box for box in boxes if box]


@pytest.mark.parametrize("conditions", [2, 3, 4])
def test_images_stand_side_by_side_at_one_size(live_server: LiveServer, open_page: OpenPage, conditions: int) -> None:
    page = open_page(viewport=DESKTOP)
    start(page, live_server.url + published_study(conditions=conditions).link_path)
    boxes = boxes_of_images(page)
    assert len(boxes) == conditions
    assert len({(box["y"], box["width"], box["height"]) for box in boxes}) == 1
    assert boxes[0]["width"] >= 250  # four times as large as the file


def test_on_a_phone_images_are_stacked_and_nothing_runs_over_the_edge(link: str, open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    start(page, link)
    first, second = boxes_of_images(page)
    assert first["x"] == second["x"]
    assert second["y"] >= first["y"] + first["height"]
    assert first["width"] > 0.85 * PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("width", [640, 320])
def test_at_twice_and_four_times_the_size_nothing_runs_over_the_edge(
    live_server: LiveServer, open_page: OpenPage, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 400})  # what 1280 × 800 leaves when it is enlarged so
    start(page, live_server.url + published_study(conditions=4).link_path)
    for button in ("Zoom", "Flip"):
        page.get_by_role("button", name=button).click()
    page.get_by_text("An image is broken").click()
    page.get_by_text("Instructions").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_text_at_twice_its_size_is_neither_cut_nor_covered(live_server: LiveServer, open_page: OpenPage, viewport: Any) -> None:
    page = open_page(viewport=viewport, bypass_csp=True)
    start(page, live_server.url + published_study(conditions=4).link_path)
    page.add_style_tag(content=":root { font-size: 212.5% !important; }")
    page.get_by_text("An image is broken").click()
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    cut = page.locator("button, label, legend, summary, h1, p").evaluate_all(
        "all => all.filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1).map((one) => one.outerHTML)"
    )
    assert cut == []


def test_on_a_desktop_a_trial_needs_no_scrolling(link: str, open_page: OpenPage) -> None:
    page = open_page(viewport=DESKTOP)
    start(page, link)
    expect(page.get_by_role("button", name="Next")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("options", [BROWSERS[0], BROWSERS[2]])
def test_with_the_keyboard_alone(link: str, open_page: OpenPage, options: dict[str, Any]) -> None:
    page = open_page(**options)
    page.goto(link)
    for box in page.get_by_role("checkbox").all():
        tab_to(page, box)
        page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Start"))
    page.keyboard.press("Enter")
    for number in range(1, TRIALS + 1):
        expect_trial(page, number)
        for question in (CORRECTNESS, QUALITY):
            tab_to(page, page.get_by_role("group", name=question).get_by_role("radio").first)
            page.keyboard.press("Space")
            page.keyboard.press("ArrowRight")
        tab_to(page, page.get_by_role("button", name=re.compile("Next|Finish")))
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    assert {vote.condition for vote in Vote.objects.all()} == {shown_conditions(trial)[1] for trial in Trial.objects.all()}


def tab_to(page: Page, target: Any) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(12):
        page.keyboard.press("Tab")
        if target.and_(page.locator(":focus")).count():
            return
    raise AssertionError(f"Tab never reaches {target}.")


def test_a_missing_answer_is_asked_for_and_nothing_is_lost(link: str, open_page: OpenPage) -> None:
    page = open_page()
    start(page, link)
    page.locator("input[type=radio]").evaluate_all("radios => radios.forEach((radio) => { radio.required = false; })")
    choose(page, CORRECTNESS, "Image 2")
    go_on(page)
    alert = page.get_by_role("alert").filter(has_text="something is missing")
    expect(alert).to_be_focused()
    expect(alert.get_by_role("link")).to_have_text(f"Please answer: {QUALITY}")
    expect(page.get_by_role("group", name=CORRECTNESS).get_by_role("radio", name="Image 2")).to_be_checked()
    choose(page, QUALITY, "Image 1")
    go_on(page)
    expect_trial(page, 2)


def test_without_javascript_the_browser_asks_for_a_missing_answer(link: str, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    start(page, link)
    go_on(page)
    expect_trial(page, 1)
    assert not Vote.objects.exists()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_click_on_next_votes_once_and_skips_nothing(link: str, open_page: OpenPage, scripts: bool) -> None:
    page = open_page(java_script_enabled=scripts)
    start(page, link)
    choose(page, CORRECTNESS, "Image 1")
    choose(page, QUALITY, "Image 2")
    page.get_by_role("button", name="Next").dblclick()
    expect_trial(page, 2)
    assert Vote.objects.count() == Criterion.objects.count()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_back_button_leads_on_to_the_open_trial(link: str, open_page: OpenPage, scripts: bool) -> None:
    page = open_page(java_script_enabled=scripts)
    start(page, link)
    choose(page, CORRECTNESS, "Image 1")
    choose(page, QUALITY, "Image 2")
    go_on(page)
    expect_trial(page, 2)
    page.go_back()
    if scripts:  # pages were put in place of each other, so that before them is the consent
        agree(page)
    expect_trial(page, 2)
    vote_to_the_end(page, TRIALS, first=2)
    assert Vote.objects.count() == TRIALS * Criterion.objects.count()


def test_two_tabs_lose_and_duplicate_nothing(link: str, open_page: OpenPage) -> None:
    one = open_page()
    start(one, link)
    other = one.context.new_page()
    other.goto(one.url)
    for page, answer in ((one, "Image 1"), (other, "Image 2")):
        choose(page, CORRECTNESS, answer)
        choose(page, QUALITY, answer)
        go_on(page)
        expect_trial(page, 2)
    first_trial = Trial.objects.get(number=1)
    assert Vote.objects.count() == Criterion.objects.count()
    assert {vote.condition for vote in first_trial.votes.all()} == {shown_conditions(first_trial)[0]}


def test_the_session_goes_on_where_it_stopped_when_the_link_is_opened_again(link: str, open_page: OpenPage) -> None:
    page = open_page()
    start(page, link)
    choose(page, CORRECTNESS, "Image 1")
    choose(page, QUALITY, "Image 1")
    go_on(page)
    expect_trial(page, 2)
    page.goto(link)
    agree(page)
    expect_trial(page, 2)
