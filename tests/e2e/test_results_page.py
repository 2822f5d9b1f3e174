"""The result page in Chromium: it shows the results by itself once they are there, and everybody can use it."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from analysis.web import results
from studies.models import Study
from tests.analysis.web.made_results import compute, made_report, quick_results
from tests.analysis.web.voted_studies import answer
from tests.e2e.conftest import PHONE, OpenPage
from tests.world_study import published_study

__all__ = ["made_report", "quick_results"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick_results")]


@pytest.fixture
def study() -> Study:
    study = published_study(votes_wanted=10)
    for _ in range(2):
        answer(study, [None, study.conditions.first()])
    study.close()
    return study


def open_results(open_page: OpenPage, live_server: LiveServer, study: Study, **options: object) -> Page:
    User.objects.create_superuser("researcher", password="a good password")
    page = open_page(**options)
    page.goto(f"{live_server.url}/admin/login/?next=/results/{study.pk}/")
    page.get_by_label("Username").fill("researcher")
    page.get_by_label("Password").fill("a good password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("status")).to_contain_text("The results are being computed since")
    return page


def refusals_of(page: Page) -> list[str]:
    """What the browser says that it refuses, from now on."""
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    return refused


def test_results_appear_by_themselves(
    open_page: OpenPage, live_server: LiveServer, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "REFRESH_SECONDS", 1)
    page = open_results(open_page, live_server, study)
    compute()
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    expect(page.get_by_role("status")).to_have_count(0)


def test_without_scripts_the_page_comes_again(
    open_page: OpenPage, live_server: LiveServer, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "REFRESH_SECONDS", 1)
    page = open_results(open_page, live_server, study, java_script_enabled=False)
    compute()
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"viewport": PHONE}], ids=["light", "dark", "phone"])
def test_everybody_can_use_the_result_page(
    open_page: OpenPage, live_server: LiveServer, study: Study, options: dict[str, object]
) -> None:
    page = open_results(open_page, live_server, study, **options)
    found = Axe().run(page, context="#content")
    assert found.violations_count == 0, found.generate_report()
    compute()
    refused = refusals_of(page)
    page.reload()
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page, context="#content")
    assert found.violations_count == 0, found.generate_report()
    assert refused == []
