"""From the link of a captioning study to the caption that images are drawn with, in a browser."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from generation.models import Caption
from studies.models import Study
from tests.captioning_study import PROMPT, captioning_study
from tests.e2e.conftest import PHONE, OpenPage
from tests.e2e.journey import expect_trial, go_on, start
from tests.e2e.test_accessibility import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = "What do you see? Write a sentence or two."


@pytest.fixture
def study() -> Study:
    return captioning_study(prompts=2)


def describe_all(page: Page, link: str) -> None:
    """Words for the first image, none for the second."""
    start(page, link)
    page.get_by_label(ASKED).fill("a green ring")
    go_on(page)
    expect_trial(page, 2)
    page.get_by_label("This image cannot be described").check()
    go_on(page)
    expect(page.get_by_role("heading", name="All done")).to_be_visible()


def test_what_a_person_sees_becomes_a_caption_once_it_is_accepted(
    live_server: LiveServer, open_page: OpenPage, study: Study
) -> None:
    describe_all(open_page(), live_server.url + study.link_path)
    User.objects.create_superuser("ada", password="ada")
    page = open_page()
    page.goto(f"{live_server.url}/admin/studies/study/{study.pk}/captions/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("ada")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text(PROMPT, exact=False).first).to_be_visible()
    page.get_by_role("button", name="Accept those ticked").click()
    expect(page.get_by_text("Accepted: 2.")).to_be_visible()
    assert set(Caption.objects.values_list("text", flat=True)) == {"a green ring", ""}


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE, "color_scheme": "dark"}], ids=["desktop", "phone, dark"])
def test_everybody_can_describe_an_image(
    live_server: LiveServer, open_page: OpenPage, study: Study, options: dict[str, object]
) -> None:
    page = open_page(**options)
    start(page, live_server.url + study.link_path)
    assert_accessible(page)
    go_on(page)
    expect(page.get_by_text("Nothing is lost, but something is missing.")).to_be_visible()
    assert_accessible(page)
