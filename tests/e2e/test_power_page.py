"""What a draft can see, in the study editor and on its own page in Chromium: everybody can use it, and nothing is refused."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.contrib.auth.models import User
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.e2e.conftest import PHONE, OpenPage
from tests.world_study import PROMPTS, draft_study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", "viewport": PHONE}], ids=["light", "dark, phone"])
def test_from_the_editor_to_other_assumptions(open_page: OpenPage, live_server: LiveServer, options: dict[str, object]) -> None:
    study = draft_study(conditions=2, prompts=PROMPTS, votes_wanted=10)
    User.objects.create_superuser("researcher", password="a good password")
    refused: list[str] = []
    page = open_page(**options)
    page.on("console", lambda message: refused.append(message.text))
    page.goto(f"{live_server.url}/admin/login/?next=/admin/studies/study/{study.pk}/change/")
    page.get_by_label("Username").fill("researcher")
    page.get_by_label("Password").fill("a good password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("This study can see")).to_be_visible()
    page.get_by_role("link", name="Power: what it takes to see more").click()
    page.get_by_label("Comparisons", exact=True).fill("200")
    page.get_by_label("Workers").fill("100")
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_role("heading", name="What such a study sees")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page, context="#content")
    assert found.violations_count == 0, found.generate_report()
    assert not [text for text in refused if "Content Security Policy" in text]
