"""What JavaScript adds."""

from collections import Counter
from urllib.parse import parse_qs

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studies.image_addresses import address_of
from studies.models import Trial, Vote
from tests.e2e.conftest import PHONE, OpenPage
from tests.e2e.journey import CORRECTNESS, QUALITY, choose, expect_trial, go_on, start, vote_to_the_end
from tests.factories_studies import shown_conditions
from tests.world_study import published_study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(live_server: LiveServer, open_page: OpenPage) -> Page:
    """A browser at the first of three trials."""
    page = open_page()
    start(page, live_server.url + published_study(conditions=3).link_path)
    return page


def checked(page: Page, question: str) -> str:
    return str(page.get_by_role("group", name=question).locator("input:checked").input_value())


def zoomed_to(page: Page) -> list[str]:
    return [
        str(image.evaluate("image => getComputedStyle(image).transform + getComputedStyle(image).transformOrigin"))
        for image in page.locator("figure img").all()
    ]


def test_every_image_travels_once_although_none_may_be_cached(live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page()
    asked: Counter[str] = Counter()
    page.on("request", lambda request: asked.update([request.url] if "/i/" in request.url else []))
    start(page, live_server.url + published_study(conditions=2).link_path)
    vote_to_the_end(page, trials=3)
    assert len(asked) == 3 * 2
    assert set(asked.values()) == {1}


def test_the_next_images_are_there_before_next_is_pressed(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)")
    following = Trial.objects.get(number=2)
    assert {address_of(following, position, timezone.now()) for position in (1, 2, 3)} <= set(loaded)


def test_number_keys_answer_the_first_unanswered_question(page: Page) -> None:
    page.keyboard.press("3")
    page.keyboard.press("0")
    assert (checked(page, CORRECTNESS), checked(page, QUALITY)) == ("3", "0")
    page.keyboard.press("Enter")  # the last answer has moved the focus to Next
    expect_trial(page, 2)
    trial = Trial.objects.get(number=1)
    assert Vote.objects.get(criterion__name="correctness").condition == shown_conditions(trial)[2]


def test_a_key_without_an_image_does_nothing(page: Page) -> None:
    page.keyboard.press("4")
    assert page.locator("input:checked").count() == 0


def test_a_whole_session_by_number_keys(page: Page) -> None:
    for number in range(1, 4):
        expect_trial(page, number)
        for key in ("1", "2", "Enter"):
            page.keyboard.press(key)
    expect(page.get_by_role("heading", name="All done")).to_be_visible()


def test_keys_can_be_turned_off_and_stay_off(page: Page) -> None:
    page.get_by_role("button", name="Turn keys off").click()
    page.keyboard.press("1")
    page.reload()
    page.keyboard.press("1")
    page.keyboard.press("z")
    assert page.locator("input:checked").count() == 0
    assert page.locator(".zoomed").count() == 0
    page.get_by_role("button", name="Turn keys on").click()
    page.keyboard.press("1")
    assert checked(page, CORRECTNESS) == "1"


def test_a_click_zooms_all_images_to_the_same_place(page: Page) -> None:
    plain = zoomed_to(page)
    page.locator("figure img").nth(1).click(position={"x": 30, "y": 200})
    zoomed = zoomed_to(page)
    assert len(set(zoomed)) == 1
    assert zoomed[0].startswith("matrix(2.5")
    page.locator("figure img").first.click()
    assert {transform.split(")")[0].split(" ")[0] for transform in zoomed_to(page)} == {plain[0].split(" ")[0]}


def test_the_zoom_follows_the_pointer(page: Page) -> None:
    page.keyboard.press("z")
    page.locator(".frame").first.hover(position={"x": 10, "y": 10})
    one_corner = zoomed_to(page)
    page.locator(".frame").last.hover(position={"x": 200, "y": 200})
    assert zoomed_to(page) != one_corner
    assert len(set(zoomed_to(page))) == 1


def test_the_zoom_button_says_whether_it_is_on(page: Page) -> None:
    button = page.get_by_role("button", name="Zoom")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("z")
    expect(button).to_have_attribute("aria-pressed", "true")


def in_view(page: Page) -> list[str]:
    """The images that can be seen, by their labels."""
    seen = [image for image in page.locator(".images img").all() if image.is_visible()]
    return [str(image.get_attribute("alt")) for image in seen]


def test_flip_shows_one_image_at_a_time_in_the_same_place(page: Page) -> None:
    page.keyboard.press("f")
    boxes = []
    for label in ("Image 1", "Image 2", "Image 3", "Image 1"):
        assert in_view(page) == [label]
        expect(page.locator("figcaption").filter(has_text=label)).to_be_visible()
        expect(page.get_by_role("button", name=label)).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("status")).to_have_text(label)
        boxes.append(page.locator(".images .current img").bounding_box())
        page.keyboard.press("f")
    assert all(box == boxes[0] for box in boxes)


def test_flip_is_off_at_first_and_ends_with_its_button_or_escape(page: Page) -> None:
    button = page.get_by_role("button", name="Flip")
    everything = ["Image 1", "Image 2", "Image 3"]
    assert in_view(page) == everything
    for way_out in ("button", "Escape"):
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert len(in_view(page)) == 1
        if way_out == "button":
            button.click()
        else:
            page.keyboard.press(way_out)
        expect(button).to_have_attribute("aria-pressed", "false")
        assert in_view(page) == everything


def test_flip_alternates_with_arrows_clicks_and_its_buttons(page: Page) -> None:
    page.get_by_role("button", name="Flip").click()
    page.keyboard.press("ArrowLeft")
    assert in_view(page) == ["Image 3"]
    page.keyboard.press("ArrowRight")
    assert in_view(page) == ["Image 1"]
    page.locator(".images .current img").click()
    assert in_view(page) == ["Image 2"]
    page.get_by_role("button", name="Image 3").click()
    assert in_view(page) == ["Image 3"]
    assert page.locator(".zoomed").count() == 0


def test_flip_by_touch(live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    start(page, live_server.url + published_study().link_path)
    page.get_by_role("button", name="Flip").tap()
    page.locator(".images .current img").tap()
    assert in_view(page) == ["Image 2"]
    page.get_by_role("button", name="Image 1").tap()
    assert in_view(page) == ["Image 1"]


def test_arrows_that_choose_an_answer_flip_nothing(page: Page) -> None:
    page.keyboard.press("f")
    page.get_by_role("group", name=CORRECTNESS).get_by_role("radio").first.focus()
    page.keyboard.press("ArrowRight")
    assert in_view(page) == ["Image 1"]
    assert checked(page, CORRECTNESS) == "2"


def test_arrows_move_the_zoom(page: Page) -> None:
    page.keyboard.press("z")
    before = zoomed_to(page)
    page.keyboard.press("ArrowRight")
    assert zoomed_to(page) != before
    assert len(set(zoomed_to(page))) == 1


def test_keys_typed_into_a_field_are_no_shortcuts(page: Page) -> None:
    page.get_by_text("An image is broken").click()
    page.get_by_label("What is wrong?").press_sequentially("fuzzy 1")
    assert page.locator("input:checked").count() == 0
    assert page.locator(".zoomed, .flipping").count() == 0
    assert page.get_by_label("What is wrong?").input_value() == "fuzzy 1"


def assert_answers_stay(page: Page) -> None:
    page.keyboard.press("1")
    page.keyboard.press("2")
    go_on(page)
    expect(page.get_by_text("The site did not answer.")).to_be_visible()
    assert (checked(page, CORRECTNESS), checked(page, QUALITY)) == ("1", "2")


def test_answers_stay_when_the_site_cannot_be_reached(page: Page) -> None:
    page.context.set_offline(True)
    assert_answers_stay(page)
    page.context.set_offline(False)
    go_on(page)
    expect_trial(page, 2)


def test_answers_stay_when_the_site_fails(page: Page) -> None:
    page.route("**/t/**", lambda route: route.fulfill(status=502, body="Bad gateway"))
    assert_answers_stay(page)
    page.unroute("**/t/**")
    go_on(page)
    expect_trial(page, 2)


def test_the_prompt_of_the_next_trial_has_the_focus(page: Page) -> None:
    for key in ("1", "2", "Enter"):
        page.keyboard.press(key)
    expect_trial(page, 2)
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def hide(page: Page, hidden: bool) -> None:
    """Do as if the worker had gone to another tab, or come back."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def sent_seconds(page: Page) -> float:
    """Go on, and give the visible time that was sent."""
    with page.expect_request(lambda request: request.method == "POST") as sent:
        go_on(page)
    return float(parse_qs(str(sent.value.post_data))["visible"][0])


def test_only_the_time_while_the_page_can_be_seen_is_sent(live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page()
    page.clock.install()
    start(page, live_server.url + published_study().link_path)
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    choose_all(page)
    before = page.evaluate("performance.now()")
    page.clock.run_for(5_000)
    hide(page, True)
    page.clock.run_for(60_000)
    hide(page, False)
    page.clock.run_for(2_000)
    whole = (page.evaluate("performance.now()") - before) / 1000
    assert whole == 67
    assert 7 <= sent_seconds(page) < 7 + before / 1000 + 0.1
    expect_trial(page, 2)
    choose_all(page)
    page.clock.run_for(3_000)
    assert sent_seconds(page) == 3.0


def choose_all(page: Page) -> None:
    choose(page, CORRECTNESS, "Image 1")
    choose(page, QUALITY, "Image 1")


def test_no_page_breaks_its_own_security_policy(live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    start(page, live_server.url + published_study().link_path)
    page.keyboard.press("z")
    page.locator("figure img").first.hover()
    page.keyboard.press("f")
    page.keyboard.press("f")
    vote_to_the_end(page, trials=3)
    assert complaints == []
