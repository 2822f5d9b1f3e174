"""The page of a HIT that needs no server of ours, in the frame of what stands for Mechanical Turk."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import FrameLocator, Page, expect

from studies.channels.mturk.questions.answers import choices_of, seconds_of
from studies.channels.mturk.questions.html import html
from studies.channels.mturk.questions.order import shown_order
from studies.markdown import render
from tests.e2e.conftest import DESKTOP, PHONE, OpenPage
from tests.studies.channels.mturk.questions.frame import NOT_ACCEPTED, Frame, frame
from tests.studies.channels.mturk.questions.pages import CRITERIA, comparison, page

ASSIGNMENT = "3TVRFO09GKEPK0QD5Z0IB8HL2Z1XL0"
(CORRECTNESS, CORRECT), (QUALITY, LOOKS) = CRITERIA
KEYS = ["k1", "k2", "k3"]
CLICK_TWICE = "(button) => new Promise((done) => { button.click(); setTimeout(() => { button.click(); setTimeout(done); }); })"
View = Page | FrameLocator


@pytest.fixture
def mturk() -> Iterator[Frame]:
    with frame() as running:
        shows(running)
        yield running


def shows(mturk: Frame, images: int = 2, **changed: Any) -> None:
    mturk.html = html(page(images=images, host=mturk.images, submit_to=mturk.origin, **changed))


def start(view: View) -> None:
    view.get_by_role("checkbox").check()
    view.get_by_role("button", name="Start").click()


def choose(view: View, question: str, answer: str) -> None:
    view.get_by_role("group", name=question).get_by_role("radio", name=answer).check()


def go_on(view: View, step: str) -> None:
    """From a step whose images are there to the next."""
    expect(view.get_by_text(step)).to_be_visible()
    for image in view.locator("figure img").all():
        expect(image).not_to_have_js_property("naturalWidth", 0)
    view.get_by_role("button", name="Next").click()


def wait_for_images(view: View) -> None:
    """Until each is there, or known to be missing."""
    for image in view.locator("figure img").all():
        expect(image).to_have_js_property("complete", True)


def answer_all(view: View, correct: str = "Image 1", looks: str = "No clear winner") -> None:
    start(view)
    for number in (1, 2, 3):
        expect(view.get_by_text(f"{number} of 3")).to_be_visible()
        choose(view, CORRECT, correct)
        choose(view, LOOKS, looks)
        go_on(view, f"{number} of 3")


def send(view: View) -> None:
    view.get_by_role("button", name="Send the answers").click()
    expect(view.get_by_text("Taken")).to_be_visible()


def stored_indices(view: View) -> list[int]:
    """Which of the stored images stands at each position, by the end of its link."""
    links = [image.get_attribute("src") or "" for image in view.locator("figure img").all()]
    return [int(PurePosixPath(urlsplit(link).path).stem[-1]) for link in links]


# The order


@pytest.fixture(scope="module")
def with_the_script(browser: Any) -> Iterator[Page]:
    """A page that holds the script, of no assignment."""
    context = browser.new_context()
    opened = context.new_page()
    opened.set_content(html(page()))
    yield opened
    context.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.tuples(st.text(), st.text(), st.integers(1, 8)), min_size=20, max_size=20))
def test_the_page_computes_the_same_order_as_the_import(with_the_script: Page, drawn: list[tuple[str, str, int]]) -> None:
    orders = with_the_script.evaluate("(drawn) => drawn.map((arguments) => shownOrder(...arguments))", drawn)
    assert orders == [shown_order(*arguments) for arguments in drawn]


@pytest.mark.parametrize("images", [2, 3, 4])
def test_images_stand_in_the_order_of_the_assignment(mturk: Frame, open_page: OpenPage, images: int) -> None:
    shows(mturk, images)
    opened = open_page()
    opened.goto(mturk.address(ASSIGNMENT))
    start(opened)
    for number, key in enumerate(KEYS, 1):
        expect(opened.get_by_text(f"{number} of 3")).to_be_visible()
        assert stored_indices(opened) == shown_order(ASSIGNMENT, key, images)
        choose(opened, CORRECT, "Image 1")
        choose(opened, LOOKS, "Image 2")
        go_on(opened, f"{number} of 3")


# From the frame to the import


def test_a_submitted_form_carries_what_the_worker_saw_and_chose(mturk: Frame, open_page: OpenPage) -> None:
    opened = open_page()
    opened.goto(mturk.around(ASSIGNMENT))
    view = opened.frame_locator("iframe")
    answer_all(view)
    view.get_by_label("Is there anything").fill("Grün & <gut>")
    send(view)
    (sent,) = mturk.submitted
    assert set(sent) == {
        "assignmentId",
        "comment",
        *(f"{key}.{name}" for key in KEYS for name in (CORRECTNESS, QUALITY, "seconds")),
    }
    assert (sent["assignmentId"], sent["comment"]) == (ASSIGNMENT, "Grün & <gut>")
    assert {sent[f"{key}.{CORRECTNESS}"] for key in KEYS} == {"1"}
    for key in KEYS:
        chosen = choices_of(sent, key, [CORRECTNESS, QUALITY], ASSIGNMENT, 2)
        assert chosen == {CORRECTNESS: shown_order(ASSIGNMENT, key, 2)[0], QUALITY: None}


def test_an_answer_can_be_changed_before_all_are_sent(mturk: Frame, open_page: OpenPage) -> None:
    opened = open_page()
    opened.goto(mturk.address(ASSIGNMENT))
    answer_all(opened)
    opened.get_by_role("button", name="Change my last answer").click()
    expect(opened.get_by_role("group", name=LOOKS).get_by_role("radio", name="No clear winner")).to_be_checked()
    choose(opened, LOOKS, "Image 2")
    go_on(opened, "3 of 3")
    send(opened)
    assert [mturk.submitted[0][f"{key}.{QUALITY}"] for key in KEYS] == ["0", "0", "2"]


def test_the_seconds_are_those_that_each_comparison_was_shown(mturk: Frame, open_page: OpenPage) -> None:
    opened = open_page()
    opened.clock.install()
    opened.goto(mturk.address(ASSIGNMENT))
    start(opened)
    for number, milliseconds in enumerate((5_000, 0, 20_000), 1):
        choose(opened, CORRECT, "Image 1")
        choose(opened, LOOKS, "Image 1")
        opened.clock.fast_forward(milliseconds)
        go_on(opened, f"{number} of 3")
    opened.clock.fast_forward(60_000)  # at the end, where nothing is compared
    send(opened)
    first, second, third = (seconds_of(mturk.submitted[0], key) or 0 for key in KEYS)
    assert 5 <= first < 20
    assert 0 <= second < 5
    assert 20 <= third < 60


def test_answers_are_sent_once(mturk: Frame, open_page: OpenPage) -> None:
    opened = open_page()
    sent: list[str] = []
    opened.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    opened.goto(mturk.address(ASSIGNMENT))
    answer_all(opened)
    mturk.answers.clear()
    opened.get_by_role("button", name="Send the answers").evaluate(CLICK_TWICE)
    mturk.answers.set()
    expect(opened.get_by_text("Taken")).to_be_visible()
    assert len(sent) == 1


# What cannot be sent


def test_a_preview_shows_no_image_and_cannot_be_started(mturk: Frame, open_page: OpenPage) -> None:
    opened = open_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(mturk.address(NOT_ACCEPTED), wait_until="networkidle")
    expect(opened.get_by_text("accept the HIT")).to_be_visible()
    expect(opened.get_by_text("Look at all images.")).to_be_visible()
    expect(opened.get_by_text("needs JavaScript")).to_have_count(0)
    expect(opened.get_by_role("button", name="Start")).to_be_disabled()
    assert [urlsplit(address).path for address in asked if address.startswith("http")] == ["/page"]


def test_a_preview_whose_fields_are_forced_open_has_nowhere_to_send_to(mturk: Frame, open_page: OpenPage) -> None:
    opened = open_page()
    opened.goto(mturk.address(NOT_ACCEPTED))
    opened.locator("fieldset").first.evaluate("fieldset => { fieldset.disabled = false; }")
    answer_all(opened)
    with opened.expect_response(lambda response: response.request.method == "POST") as answer:
        opened.get_by_role("button", name="Send the answers").click()
    assert answer.value.status == 404  # of the page's own address
    assert mturk.submitted == []


@pytest.mark.parametrize(
    "submit_to", ["https://www.mturk.com", "http://evil.example.org", "javascript:alert(1)", "http://127.0.0.1"]
)
def test_answers_go_to_mechanical_turk_alone(mturk: Frame, open_page: OpenPage, submit_to: str) -> None:
    opened = open_page()
    opened.goto(mturk.address(ASSIGNMENT, submit_to))
    expect(opened.get_by_text("opened from elsewhere")).to_be_visible()
    expect(opened.get_by_role("button", name="Start")).to_be_disabled()


def test_every_question_must_be_answered(mturk: Frame, open_page: OpenPage) -> None:
    opened = open_page()
    opened.goto(mturk.address(ASSIGNMENT))
    start(opened)
    choose(opened, CORRECT, "Image 1")
    go_on(opened, "1 of 3")
    expect(opened.get_by_text("1 of 3")).to_be_visible()
    choose(opened, LOOKS, "Image 1")
    go_on(opened, "1 of 3")
    expect(opened.get_by_text("2 of 3")).to_be_visible()


def test_everything_must_be_agreed_to(mturk: Frame, open_page: OpenPage) -> None:
    shows(mturk, agreements=("I am at least 18 years old.",))
    opened = open_page()
    opened.goto(mturk.address(ASSIGNMENT))
    opened.get_by_role("checkbox", name="agree to take part").check()
    opened.get_by_role("button", name="Start").click()
    expect(opened.get_by_role("heading", name="Your consent")).to_be_visible()
    opened.get_by_role("checkbox", name="at least 18").check()
    opened.get_by_role("button", name="Start").click()
    expect(opened.get_by_text("1 of 3")).to_be_visible()


def test_nobody_votes_on_an_image_that_did_not_load(mturk: Frame, open_page: OpenPage) -> None:
    mturk.missing = {"/k1-1.png"}
    opened = open_page()
    opened.goto(mturk.address(ASSIGNMENT))
    start(opened)
    choose(opened, CORRECT, "Image 1")
    choose(opened, LOOKS, "Image 1")
    wait_for_images(opened)
    with opened.expect_response("**/k1-1.png"):
        opened.get_by_role("button", name="Next").click()
    expect(opened.get_by_role("alert")).to_be_visible()
    wait_for_images(opened)
    mturk.missing = set()
    opened.get_by_role("button", name="Next").click()
    go_on(opened, "1 of 3")
    expect(opened.get_by_text("2 of 3")).to_be_visible()


def test_without_javascript_the_page_says_that_it_needs_it(mturk: Frame, open_page: OpenPage) -> None:
    opened = open_page(java_script_enabled=False)
    opened.goto(mturk.address(ASSIGNMENT))
    expect(opened.get_by_text("needs JavaScript")).to_be_visible()
    expect(opened.get_by_role("button", name="Start")).to_be_disabled()


# How it looks


def test_the_page_asks_for_its_images_and_nothing_else(mturk: Frame, open_page: OpenPage) -> None:
    opened = open_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(mturk.address(ASSIGNMENT))
    answer_all(opened)
    paths = {urlsplit(address).path for address in asked if address.startswith("http")}
    assert paths == {"/page", *(f"/{key}-{index}.png" for key in KEYS for index in (0, 1))}


def test_zoom_and_flip_end_with_their_comparison(mturk: Frame, open_page: OpenPage) -> None:
    opened = open_page()
    opened.goto(mturk.address(ASSIGNMENT))
    start(opened)
    opened.get_by_role("button", name="Zoom").click()
    opened.get_by_role("button", name="Flip", exact=True).click()
    expect(opened.get_by_role("img", name="Image 2")).to_be_hidden()
    choose(opened, CORRECT, "Image 1")
    choose(opened, LOOKS, "Image 1")
    go_on(opened, "1 of 3")
    expect(opened.get_by_role("button", name="Zoom")).to_have_attribute("aria-pressed", "false")
    opened.get_by_role("button", name="Change my last answer").click()
    expect(opened.get_by_role("img", name="Image 2")).to_be_visible()
    expect(opened.locator(".images")).to_have_class(re.compile(r"^images images-2 ready$"))


@pytest.mark.parametrize("options", [{"viewport": DESKTOP}, {"viewport": DESKTOP, "color_scheme": "dark"}, {"viewport": PHONE}])
def test_axe_finds_nothing_from_the_start_to_the_end(mturk: Frame, open_page: OpenPage, options: dict[str, Any]) -> None:
    note = render("*Correct* means that all words fit.")
    shows(mturk, comparisons=tuple(comparison(key, host=mturk.images, note=note) for key in KEYS))
    opened = open_page(**options)
    for assignment in (NOT_ACCEPTED, ASSIGNMENT):
        opened.goto(mturk.address(assignment))
        assert Axe().run(opened).violations_count == 0
    start(opened)
    assert Axe().run(opened).violations_count == 0
    opened.goto(mturk.address(ASSIGNMENT))
    answer_all(opened)
    assert Axe().run(opened).violations_count == 0
