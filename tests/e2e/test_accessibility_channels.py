"""axe finds nothing on what workers of a channel see, in Mechanical Turk's frame and out of it; and the keyboard is enough."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Frame, FrameLocator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Posting
from studies.channels.mturk.polling import poll
from studies.models import Link, QuizQuestion, Session, Study, Trial
from studies.publishing import publish
from tests.e2e import test_html_question as html_question
from tests.e2e.conftest import DESKTOP, PHONE, OpenPage
from tests.e2e.journey import CORRECTNESS, QUALITY, agree, choose, go_on, vote_to_the_end
from tests.e2e.test_accessibility import FORGET_REQUIRED, assert_accessible
from tests.studies.channels.mturk.postings import QUALIFIED, draft, published
from tests.studies.channels.mturk.questions import frame as html_frame
from tests.studies.channels.panel.panels import address, panel_link
from tests.studies.channels.prolific.rows import planned
from tests.world_study import NOON, PROMPTS, draft_study, published_study

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = pytest.mark.parametrize(
    "options",
    [
        pytest.param({"viewport": DESKTOP, "color_scheme": "dark"}, id="desktop, dark"),
        pytest.param({"viewport": PHONE, "color_scheme": "light"}, id="phone, light"),
    ],
)


@pytest.fixture
def posting(live_server: LiveServer, mturk_emulator: Emulator, settings: Settings) -> Posting:
    """A study with a quiz and an age to confirm, posted with two comparisons in each HIT."""
    settings.MTURK_ENDPOINT_URL, settings.SITE_URL = mturk_emulator.url, live_server.url.replace("localhost", "127.0.0.1")
    study = draft_study(conditions=2, prompts=PROMPTS[:4], minimum_age=18, votes_wanted=2)
    QuizQuestion.objects.create(study=study, question="Do colours count?", choices="Yes\nNo")
    publish(study, NOON)
    for worker_id in ("A1", "A2"):
        mturk_emulator.worker(worker_id, **QUALIFIED)
    return published(draft(study, comparisons_per_hit=2))


def accepted(emulator: Emulator, posting: Posting, number: int = 0, worker_id: str = "A1") -> str:
    """The address of the frame of a worker who accepts a HIT."""
    return emulator.worker(worker_id).accept(posting.hits.all()[number].hit_id).frame_address


def wait_for_images(page: Page | FrameLocator) -> None:
    for image in page.locator(".images img").all():
        expect(image).to_have_js_property("complete", True)


def stay_on(page: Page, address: str) -> None:
    """Let forms that are sent there by scripts lead nowhere, so that the page can be looked at."""
    page.route(address, lambda route: route.fulfill(status=204) if route.request.method == "POST" else route.continue_())


def sees(page: Page, title: str, heading: str) -> None:
    """The page with that title and heading, accessible."""
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    expect(page).to_have_title(title)
    assert_accessible(page)


@LOOKS
def test_a_hit_from_its_preview_to_its_end(
    posting: Posting, mturk_emulator: Emulator, open_page: OpenPage, options: dict[str, Any]
) -> None:
    page = open_page(**options)
    address = accepted(mturk_emulator, posting)
    page.goto(address.partition("?")[0])
    sees(page, "This is a preview. – Compare images", "Compare images")
    page.goto(address)
    sees(page, "Compare images", "Compare images")
    page.locator("input").evaluate_all(FORGET_REQUIRED)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_be_visible()
    sees(page, "Error: Compare images", "Compare images")
    agree(page)
    sees(page, "A few questions first – Image study", "A few questions first")
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Go on").click()
    sees(page, "1 of 2 – Compare images", "a")
    page.get_by_text("An image is broken").click()
    page.locator("input").evaluate_all(FORGET_REQUIRED)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert").filter(has_text="something is missing")).to_be_visible()
    sees(page, "Error: 1 of 2 – Compare images", "a")
    stay_on(page, "**/externalSubmit")  # where the script hands in by itself
    for number in (1, 2):
        expect(page.get_by_text(f"{number} of 2")).to_be_visible()
        wait_for_images(page)
        choose(page, CORRECTNESS, "Image 1")
        choose(page, QUALITY, "No clear winner")
        go_on(page)
    sees(page, "All done – Image study", "All done")


@LOOKS
def test_what_a_worker_meets_who_came_before_or_too_late(
    posting: Posting, mturk_emulator: Emulator, open_page: OpenPage, options: dict[str, Any]
) -> None:
    page = open_page(**options)
    first, second = (accepted(mturk_emulator, posting, number) for number in range(2))
    page.goto(first)
    agree(page)
    expect(page.get_by_role("heading", name="A few questions first")).to_be_visible()
    stay_on(page, "**/m/**")  # where the script starts at once
    page.goto(second, wait_until="commit")
    sees(page, "Compare images", "Compare images")
    page.unroute_all()
    Session.objects.update(state=Session.State.ABANDONED, started_at=timezone.now() - timedelta(days=1))
    page.goto(first)
    sees(page, "Your time for this HIT is over – Image study", "Your time for this HIT is over")
    page.goto(first.replace("turkSubmitTo=http", "turkSubmitTo=https%3A%2F%2Fevil.example%2Fhttp"))
    sees(page, "Image study", "Image study")


@LOOKS
def test_what_a_participant_of_prolific_or_a_panel_ends_with(
    live_server: LiveServer, settings: Settings, open_page: OpenPage, options: dict[str, Any]
) -> None:
    settings.SITE_URL = live_server.url
    study = published_study(prompts=PROMPTS[:1], votes_wanted=2)
    planned(study)
    prolific = f"{Link.objects.get(study=study, channel='prolific').address}?PROLIFIC_PID=P1&SESSION_ID=S1"
    panel = live_server.url + address(panel_link(study), pid="P1", sub="S1")
    for link in (prolific, panel):
        page = open_page(**options)
        page.goto(link.partition("?")[0])
        sees(page, "Image study", "Image study")
        page.goto(link)
        sees(page, "Compare images", "Compare images")
        agree(page)
        vote_to_the_end(page, trials=1)
        sees(page, "Thank you – Image study", "All done")
    for link in (prolific, panel):
        page = open_page(**options)
        page.goto(link.replace("P1", "P2").replace("S1", "S2"))
        agree(page)
        sees(page, "No place left – Image study", "No place left for you")
        expect(page.get_by_role("link", name="Go on")).to_be_visible()
    Study.objects.update(state=Study.State.CLOSED)
    for link in (prolific, panel):
        page = open_page(**options)
        page.goto(link.replace("P1", "P3").replace("S1", "S3"))
        sees(page, "Closed – Image study", "This study is closed")


@LOOKS
def test_a_page_of_its_own_from_its_preview_to_its_end(open_page: OpenPage, options: dict[str, Any]) -> None:
    page = open_page(**options)
    with html_frame.frame() as mturk:
        html_question.shows(mturk)
        for assignment in (html_frame.NOT_ACCEPTED, html_question.ASSIGNMENT):
            page.goto(mturk.address(assignment))
            sees(page, "Compare images", "Compare images")
        html_question.start(page)
        for number in (1, 2, 3):
            assert_accessible(page)
            html_question.choose(page, html_question.CORRECT, "Image 1")
            html_question.choose(page, html_question.LOOKS, "Image 2")
            html_question.go_on(page, f"{number} of 3")
        sees(page, "Compare images", "All sets are answered")


# Without a mouse


HAS_AN_OUTLINE = """() => [document.activeElement, document.activeElement.closest("label")].some(
    (element) => element && getComputedStyle(element).outlineStyle !== "none"
)"""


def tab_to(page: Page, frame: Frame, selector: str) -> None:
    """Press the tab key until something has the focus, which must be seen to have it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if frame.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            assert frame.evaluate(HAS_AN_OUTLINE)
            return
    raise AssertionError(f"{selector} is never reached")


def frame_of(page: Page) -> Frame:
    page.frame_locator("iframe").locator("main").wait_for()
    return next(frame for frame in page.frames if "/m/" in frame.url)


def test_a_whole_hit_needs_no_mouse(posting: Posting, mturk_emulator: Emulator, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(mturk_emulator.url)
    page.get_by_label("Worker ID").fill("A1")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Accept").first.press("Enter")
    frame = frame_of(page)
    for box in ("#id_agree", "#id_of_age"):
        tab_to(page, frame, box)
        page.keyboard.press("Space")
    tab_to(page, frame, "button.next")
    page.keyboard.press("Enter")
    frame.get_by_role("heading", name="A few questions first").wait_for()
    tab_to(page, frame, "input[type=radio]")
    page.keyboard.press("Space")
    tab_to(page, frame, "button.next")
    page.keyboard.press("Enter")
    for number in (1, 2):
        expect(frame.get_by_text(f"{number} of 2")).to_be_visible()
        wait_for_images(page.frame_locator("iframe"))
        for question in ("correctness", "quality"):
            tab_to(page, frame, f"[name=vote-{question}]")
            page.keyboard.press("ArrowDown")
        tab_to(page, frame, "button.next")
        page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("/assignments/"))  # the worker's site goes on by itself
    assert poll(posting, timezone.now()).new_assignments == 1
    assert Trial.objects.of(posting.study, rehearsal=True).counted().count() == 2


def test_each_trial_of_a_hit_is_timed_by_itself(posting: Posting, mturk_emulator: Emulator, open_page: OpenPage) -> None:
    page, sent = open_page(), list[float]()
    page.on(
        "request", lambda request: sent.extend(float(told) for told in re.findall(r"visible=([\d.]+)", request.post_data or ""))
    )
    page.clock.install()
    page.goto(accepted(mturk_emulator, posting))
    agree(page)
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Go on").click()
    stay_on(page, "**/externalSubmit")
    for number, milliseconds in ((1, 40_000), (2, 10_000)):
        expect(page.get_by_text(f"{number} of 2")).to_be_visible()
        wait_for_images(page)
        choose(page, CORRECTNESS, "Image 1")
        choose(page, QUALITY, "Image 1")
        page.clock.fast_forward(milliseconds)
        go_on(page)
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    first, second = map(
        float, sent
    )  # what the browser says: the site keeps no more than the time that went by on its own clock
    assert 40 <= first < 50
    assert 10 <= second < 20
