"""The live page in Chromium: it reads itself again, everybody can use it, and the security policy refuses nothing of it."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from analysis.web import views
from studies.models import Study
from tests.analysis.web.voted_studies import answer
from tests.e2e.conftest import PHONE, OpenPage
from tests.world_study import published_study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def study() -> Study:
    study = published_study(votes_wanted=10)
    answer(study, [None, study.conditions.first()])
    return study


def open_live_page(open_page: OpenPage, live_server: LiveServer, study: Study, **options: object) -> Page:
    User.objects.create_superuser("researcher", password="a good password")
    page = open_page(**options)
    page.goto(f"{live_server.url}/admin/login/?next=/live/{study.pk}/")
    page.get_by_label("Username").fill("researcher")
    page.get_by_label("Password").fill("a good password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Progress")).to_be_visible()
    return page


def test_new_votes_appear_by_themselves_and_what_is_open_stays_open(
    open_page: OpenPage, live_server: LiveServer, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "REFRESH_SECONDS", 1)
    page = open_live_page(open_page, live_server, study)
    expect(page.get_by_text("2 of 30", exact=True)).to_be_visible()
    numbers = page.locator("details[data-part=histogram]")
    numbers.locator("summary").click()
    page.get_by_role("heading", name="Progress").click()  # and out of it, as nothing is replaced under somebody's fingers
    answer(study, [None])
    expect(page.get_by_text("3 of 30", exact=True)).to_be_visible()
    expect(numbers).to_have_attribute("open", "")


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"viewport": PHONE}], ids=["light", "dark", "phone"])
def test_everybody_can_use_the_live_page(
    open_page: OpenPage, live_server: LiveServer, study: Study, options: dict[str, object]
) -> None:
    study.close()
    refused: list[str] = []
    page = open_live_page(open_page, live_server, study, **options)
    page.on("console", lambda message: refused.append(message.text))
    page.reload()
    expect(page.get_by_text("Zebra plain").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page, context="#content")
    assert found.violations_count == 0, found.generate_report()
    assert refused == []
