"""A study on Prolific in Chromium: a researcher runs it, and a participant comes from there and goes back."""

import re

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studies.channels.prolific.client import Prolific
from tests.e2e.conftest import DESKTOP, PHONE, OpenPage, browser, open_page
from tests.e2e.journey import agree, expect_trial, vote_to_the_end
from tests.e2e.test_accessibility import assert_accessible
from tests.studies.channels.prolific.rows import awaiting, published, session_of
from tests.studies.channels.prolific.stand_in import BROKEN, StandIn
from tests.world_study import published_study

__all__ = ["browser", "open_page"]

pytestmark = pytest.mark.django_db(transaction=True)
PID = "5f00000000000000000000ad"


def _log_in(page: Page, address: str) -> None:
    user = User.objects.create_user("rita", password="a good password", is_staff=True)
    user.groups.add(Group.objects.get(name="researcher"))
    page.goto(address)
    page.get_by_label("Username").fill("rita")
    page.get_by_label("Password").fill("a good password")
    page.get_by_role("button", name="Log in").click()


def _come_from_prolific(page: Page, stand_in: StandIn, study_id: str) -> str:
    """A participant takes part to the end, and follows the link back; the submission's id."""
    came = stand_in.state.come(study_id, PID)
    address = stand_in.state.studies[study_id]["external_study_url"]

    def welcome_back(route: Route) -> None:
        stand_in.state.complete(came, route.request.url.partition("?cc=")[2])
        route.fulfill(body="<h1>Prolific</h1>", content_type="text/html")

    page.route("https://app.prolific.com/**", welcome_back)
    page.goto(address.replace("{{%PROLIFIC_PID%}}", PID).replace("{{%SESSION_ID%}}", came))
    agree(page)
    expect_trial(page, 1)
    vote_to_the_end(page, trials=3)
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", name="Prolific")).to_be_visible()
    return came


def test_from_the_plan_to_the_bonus(
    live_server: LiveServer, open_page: OpenPage, stand_in: StandIn, settings: Settings
) -> None:
    settings.SITE_URL = live_server.url
    study, page = published_study(), open_page(base_url=live_server.url)
    _log_in(page, f"/admin/studies/study/{study.pk}/prolific/")
    for label, value in {"Description": "Look at images.", "Reward:": "1.50", "Estimated minutes": "10"}.items():
        page.get_by_label(label, exact=label == "Reward:").first.fill(value)
    page.get_by_label("Currency").select_option("GBP")
    page.get_by_label("Places").first.fill("2")
    page.get_by_label("Budget").fill("20")
    page.get_by_role("button", name="Save the plan").click()
    page.get_by_role("link", name="Costs, and publish").click()
    page.get_by_role("button", name="Publish on Prolific for £4.20").click()
    expect(page.get_by_text("Published on Prolific: 2 places, £4.20 at most.")).to_be_visible()

    row = study.prolific_studies.get()
    came = _come_from_prolific(open_page(), stand_in, row.prolific_id)

    page.get_by_role("button", name="Read Prolific now").click()
    page.get_by_label(came).check()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved: 1 done.")).to_be_visible()
    page.get_by_label(came).check()
    page.get_by_label("Bonus for each that is ticked").fill("0.50")
    page.get_by_role("button", name="Set up bonuses").click()
    page.get_by_role("button", name="Pay £0.70").click()
    expect(page.get_by_text(re.compile("Bonuses for 1 are paid within minutes"))).to_be_visible()
    assert stand_in.state.submissions[came]["status"] == "APPROVED"
    assert stand_in.state.submissions[came]["bonus_payments"] == [50]


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")], ids=["desktop", "phone"])
def test_its_pages_are_accessible(
    live_server: LiveServer, open_page: OpenPage, stand_in: StandIn, prolific: Prolific, viewport: object, scheme: str
) -> None:
    row = published(prolific)
    awaiting(row, stand_in, prolific, submissions=2)
    session_of(row, "stranger", "made-up")
    stand_in.fail("transition/", BROKEN)
    page = open_page(base_url=live_server.url, viewport=viewport, color_scheme=scheme)
    _log_in(page, f"/admin/studies/study/{row.study.pk}/prolific/")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Approve").click()  # which Prolific does not answer
    expect(page.get_by_role("heading", name="Not known yet")).to_be_visible()
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Bonus for each that is ticked").fill("0.50")
    page.get_by_role("button", name="Set up bonuses").click()
    expect(page.get_by_role("heading", name="Bonuses to pay")).to_be_visible()
    assert_accessible(page)
    for path in ("quote/?places=12", "costs/"):
        page.goto(f"/admin/studies/study/{row.study.pk}/prolific/{path}")
        assert_accessible(page)
