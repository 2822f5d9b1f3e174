"""A worker in Chromium: the emulator's site, and in its frame, of another site and sandboxed, the pages of ours."""

import json
import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, FrameLocator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Assignment, Posting
from studies.channels.mturk.polling import poll
from studies.models import Trial
from tests.e2e.conftest import CHROMIUM_ARGUMENTS, PHONE, OpenPage, chromium
from tests.studies.channels.mturk.postings import QUALIFIED, draft, published
from tests.world_study import published_study

pytestmark = pytest.mark.django_db(transaction=True)
VOTES = ("correctness", "quality")


@pytest.fixture
def posting(live_server: LiveServer, mturk_emulator: Emulator, settings: Settings) -> Posting:
    """Two comparisons, each a HIT, on an emulator whose worker's site is another site than ours."""
    settings.MTURK_ENDPOINT_URL, settings.SITE_URL = mturk_emulator.url, live_server.url.replace("localhost", "127.0.0.1")
    for worker_id in ("A1", "A2"):
        mturk_emulator.worker(worker_id, **QUALIFIED)
    return published(draft(published_study()))


def _signed_in(page: Page, emulator: Emulator, worker_id: str = "A1") -> Page:
    page.goto(emulator.url)
    page.get_by_label("Worker ID").fill(worker_id)
    page.get_by_role("button", name="Sign in").click()
    return page


def _accept(page: Page) -> FrameLocator:
    page.get_by_role("button", name="Accept").first.click()
    return page.frame_locator("iframe")


def _agree(frame: FrameLocator) -> None:
    expect(frame.get_by_role("button", name="Start")).to_be_visible()  # and the boxes above it
    for box in frame.get_by_role("checkbox").all():
        box.check()
    frame.get_by_role("button", name="Start").click()


def _vote(frame: FrameLocator) -> None:
    expect(frame.locator("fieldset")).to_have_count(2)
    for question in frame.locator("fieldset").all():
        question.get_by_text("Image 1", exact=True).click()


def test_a_hit_is_answered_and_handed_in_inside_the_frame(
    posting: Posting, mturk_emulator: Emulator, open_page: OpenPage
) -> None:
    page = _signed_in(open_page(), mturk_emulator)
    frame = _accept(page)
    expect(frame.get_by_role("heading", name="Instructions")).to_be_visible()
    _agree(frame)
    _vote(frame)
    frame.get_by_role("button", name="Finish").click()
    expect(page).not_to_have_url(re.compile("/assignments/"))  # the worker's site goes on by itself
    assert poll(posting, timezone.now()).new_assignments == 1
    assert Trial.objects.of(posting.study, rehearsal=True).counted().count() == 1


def test_no_cookie_of_ours_is_needed_or_left(posting: Posting, mturk_emulator: Emulator, open_page: OpenPage) -> None:
    page = _signed_in(open_page(), mturk_emulator)
    frame = _accept(page)
    _agree(frame)
    expect(frame.locator(".images img").first).to_be_visible()
    assert {cookie["domain"] for cookie in page.context.cookies()} == {"localhost"}
    assert posting.environment.worker_site == mturk_emulator.url


def test_a_browser_that_keeps_nothing_for_frames_will_do(
    posting: Posting, mturk_emulator: Emulator, browser: Browser, tmp_path: Path
) -> None:
    """Chromium told to block third-party cookies: storage is refused in the frame, and a script that asks for it fails."""
    strict = browser.browser_type.launch_persistent_context(
        _profile(tmp_path, {"profile": {"block_third_party_cookies": True, "cookie_controls_mode": 1}}),
        executable_path=chromium(),
        args=CHROMIUM_ARGUMENTS,
    )
    page = strict.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    frame = _accept(_signed_in(page, mturk_emulator))
    _agree(frame)
    _vote(frame)
    refused = frame.locator("body").evaluate(
        "() => { try { return String(localStorage) } catch (error) { return error.name } }"
    )
    frame.get_by_role("button", name="Finish").click()
    expect(page).not_to_have_url(re.compile("/assignments/"))
    strict.close()
    assert (refused, errors, poll(posting, timezone.now()).new_assignments) == ("SecurityError", [], 1)


def _profile(folder: Path, preferences: dict[str, object]) -> Path:
    """The folder of a browser's user with these preferences."""
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text(json.dumps(preferences))
    return folder


def test_the_second_hit_starts_at_once(posting: Posting, mturk_emulator: Emulator, open_page: OpenPage) -> None:
    page = _signed_in(open_page(), mturk_emulator)
    for number in range(2):
        frame = _accept(page)
        if number == 0:
            _agree(frame)
        _vote(frame)
        frame.get_by_role("button", name="Finish").click()
        expect(page).not_to_have_url(re.compile("/assignments/"))
        page.goto(mturk_emulator.url)
    poll(posting, timezone.now())
    assert Assignment.objects.filter(fault="").count() == 2


def test_everything_works_without_javascript_on_a_phone(
    posting: Posting, mturk_emulator: Emulator, open_page: OpenPage
) -> None:
    page = _signed_in(open_page(java_script_enabled=False, viewport=PHONE), mturk_emulator)
    frame = _accept(page)
    _agree(frame)
    _vote(frame)
    frame.get_by_role("button", name="Finish").click()
    frame.get_by_role("button", name="Hand in on Mechanical Turk").click()
    expect(frame.get_by_text("submitted")).to_be_visible()
    assert poll(posting, timezone.now()).new_assignments == 1


def test_a_preview_tells_what_it_is_and_asks_nothing(posting: Posting, mturk_emulator: Emulator, open_page: OpenPage) -> None:
    page = _signed_in(open_page(), mturk_emulator)
    page.goto(f"{mturk_emulator.url}/hits/{posting.hits.first().hit_id}")  # type: ignore[union-attr]
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("This is a preview.")).to_be_visible()
    expect(frame.get_by_role("button")).to_have_count(0)
