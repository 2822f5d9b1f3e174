"""The researcher's side in Chromium: what scripts do there, and that nothing is refused or fails."""

import re

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from generation.models import Image
from studies.models import Session, Study
from tests.e2e.conftest import OpenPage
from tests.factories_studies import published_study, ready_study

pytestmark = pytest.mark.django_db(transaction=True)
TEN_SECONDS = 10_000


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complains of: scripts that fail, and what the security policy refuses."""
    return []


@pytest.fixture
def page(open_page: OpenPage, live_server: LiveServer, complaints: list[str]) -> Page:
    """A researcher's browser, logged in."""
    user = User.objects.create_user("rita", password="a good password", is_staff=True)
    user.groups.add(Group.objects.get(name="researcher"))
    page = open_page(base_url=live_server.url)
    page.goto("/admin/studies/study/")
    page.get_by_label("Username").fill("rita")
    page.get_by_label("Password").fill("a good password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Select study to change")).to_be_visible()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def _open(page: Page, study: Study, name: str = "change") -> None:
    page.goto(f"/admin/studies/study/{study.pk}/{name}/")


def test_the_checks_of_a_draft_follow_the_images_without_a_reload(page: Page, complaints: list[str]) -> None:
    study = ready_study(prompts=3)
    condition = study.conditions.all()[1].condition
    Image.objects.filter(condition=condition).update(state=Image.State.QUEUED)
    page.clock.install()
    _open(page, study)
    expect(page.get_by_text("3 of 3 comparisons lack an image of Method B")).to_be_visible()
    page.get_by_label("Name", exact=False).first.fill("Half written")
    Image.objects.filter(condition=condition).update(state=Image.State.DONE)
    page.clock.fast_forward(TEN_SECONDS)
    expect(page.get_by_text("Nothing is missing:")).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Half written")
    assert complaints == []


def test_a_study_is_published_paused_resumed_and_closed_with_its_buttons(page: Page, complaints: list[str]) -> None:
    study = ready_study(prompts=2)
    _open(page, study)
    page.get_by_role("button", name="Save and publish").click()
    for button, said in (
        ("Pause", "is paused"),
        ("Resume", "takes votes again"),
        ("Close and show results", "its results can be seen"),
    ):
        page.get_by_role("button", name=button).click()
        expect(page.get_by_text(re.compile(said))).to_be_visible()
    expect(page.get_by_role("link", name="votes.csv")).to_have_count(2)
    assert complaints == []


def test_a_flagged_image_is_covered_until_it_is_asked_for(page: Page, complaints: list[str]) -> None:
    study = ready_study(prompts=1)
    Image.objects.filter(condition=study.conditions.all()[1].condition).update(state=Image.State.FLAGGED)
    _open(page, study, "gallery")
    images = page.locator("table.gallery img")
    expect(images).to_have_count(2)
    expect(images.nth(0)).to_be_visible()
    expect(images.nth(1)).to_be_hidden()
    page.get_by_text("flagged as NSFW: show").click()
    expect(images.nth(1)).to_be_visible()
    expect(images.nth(1)).to_have_js_property("complete", True)
    assert complaints == []


def test_a_preview_works_like_the_page_of_a_worker_and_saves_nothing(page: Page, complaints: list[str]) -> None:
    study = ready_study(prompts=2)
    _open(page, study)
    page.get_by_role("link", name="Preview").click()
    expect(page.get_by_text("1 of 2")).to_be_visible()
    expect(page.get_by_text("Keys:")).to_be_visible()  # shown by the script that listens to them
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("2 of 2")).to_be_visible()
    assert not Session.objects.exists()
    page.get_by_role("link", name="Back to the study").click()
    expect(page.locator("#id_name")).to_have_value(study.name)
    assert complaints == []


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}])
def test_no_page_of_ours_is_wider_than_the_window(page: Page, complaints: list[str], size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    study = published_study(conditions=4)
    for name in ("gallery", "log", "invitations"):
        _open(page, study, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert complaints == []
