"""A study posted on the emulator and paid, as a researcher does it in Chromium."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import F
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Assignment, Posting
from studies.models import Study
from tests.e2e.conftest import DESKTOP, PHONE, OpenPage
from tests.e2e.test_accessibility import assert_accessible
from tests.studies.channels.mturk.postings import draft, published, work
from tests.world_study import published_study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def emulator(mturk_emulator: Emulator, settings: Settings) -> Emulator:
    settings.MTURK_ENDPOINT_URL = mturk_emulator.url
    return mturk_emulator


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complains of."""
    return []


@pytest.fixture
def page(open_page: OpenPage, live_server: LiveServer, complaints: list[str]) -> Page:
    """The browser of an assistant, who may run studies."""
    user = User.objects.create_user("rita", password="a good password", is_staff=True)
    user.groups.add(Group.objects.get(name="assistant"))
    page = open_page(base_url=live_server.url)
    page.goto("/admin/studies/study/")
    page.get_by_label("Username").fill("rita")
    page.get_by_label("Password").fill("a good password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Select study to view")).to_be_visible()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    return page


def look(page: Page) -> None:
    """What is to hold of each page: it stands under its banner, and is no wider than the window."""
    expect(page.get_by_text("Amazon has announced that Mechanical Turk closes")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()


def test_a_study_is_quoted_confirmed_reviewed_and_paid(
    page: Page, emulator: Emulator, client: Client, complaints: list[str]
) -> None:
    study = published_study()
    page.goto(f"/admin/studies/study/{study.pk}/change/")
    page.get_by_role("link", name="Mechanical Turk", exact=True).click()
    look(page)
    page.get_by_label("Reward for a HIT").fill("0.5$")
    press(page, "Save the draft")
    expect(page.get_by_text("“0.5$” is no amount")).to_be_visible()
    look(page)
    page.get_by_label("Reward for a HIT").fill("0.50")
    page.get_by_label("Time for a HIT").fill("20")
    press(page, "Save the draft")
    look(page)
    press(page, "Get a quote")
    expect(page.get_by_role("row", name="Total")).to_contain_text("$3.78")  # 6 × (50 + 10 + 3 cents)
    look(page)
    page.get_by_label("Budget (dollars)").fill("9.00")
    press(page, "Confirm, and post 3 HITs")
    expect(page.get_by_text("Confirmed.", exact=False).first).to_be_visible()
    look(page)
    posting = _worked_on(emulator, client)
    press(page, "Poll now")
    expect(page.get_by_text("new assignments: 3.")).to_be_visible()
    Assignment.objects.update(accepted_at=F("submitted_at") - timedelta(minutes=10))
    look(page)
    _review(page)
    carry_out(posting)
    assert sorted(Assignment.objects.values_list("status", flat=True)) == ["Approved", "Approved", "Rejected"]
    _pay(page)
    carry_out(posting)
    assert emulator.account.spent_cents == 2 * 63 + 2 * 180  # 50 cents in ten minutes are $3 an hour; $1.50 are missing
    page.get_by_role("link", name="Ledger").click()
    look(page)
    assert complaints == []


def _worked_on(emulator: Emulator, client: Client) -> Posting:
    """The only posting, with three assignments handed in."""
    posting = Posting.objects.get()
    carry_out(posting)
    posting.refresh_from_db()
    for worker, number in (("A1", 1), ("A2", 1), ("A1", 2)):
        work(emulator, client, worker, posting.hits.get(number=number).hit_id)
    return posting


def _review(page: Page) -> None:
    """Reject one, after both confirmations, and approve the rest."""
    page.get_by_role("link", name="Review").click()
    look(page)
    page.get_by_role("checkbox").nth(0).check()
    page.get_by_label("Message to the workers").fill("Every answer was the first image.")
    press(page, "Reject …")
    look(page)
    press(page, "Reject: 1")
    expect(page.get_by_text("Nothing was rejected.")).to_be_visible()
    page.get_by_label("Type “reject”").fill("reject")
    press(page, "Reject: 1")
    expect(page.get_by_text("rejection: wanted")).to_be_visible()
    look(page)
    page.get_by_label("All 3 of").check()
    press(page, "Approve …")
    expect(page.get_by_text("is being decided on")).to_be_visible()
    look(page)
    press(page, "Approve: 2")
    expect(page.get_by_text("Approve: 2 assignments")).to_be_visible()


def _pay(page: Page) -> None:
    page.get_by_role("link", name="Wages").click()
    look(page)
    page.get_by_label("Hourly wage that nobody should be below").fill("60.00")
    press(page, "Propose bonuses")
    look(page)
    page.get_by_label("Hourly wage that nobody should be below").fill("12.00")
    press(page, "Propose bonuses")
    look(page)
    press(page, "Send these bonuses")
    expect(page.get_by_text("A worker process asks Mechanical Turk for it.")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")])
def test_pages_are_accessible_and_fit_the_window(page: Page, emulator: Emulator, size: dict[str, int], scheme: Any) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)
    study = published_study()
    posting = published(draft(study), budget_cents=400)
    assert emulator.account.held_cents == 36
    for environment in ("sandbox", "production"):
        draft(study, environment_name=environment)
    _look_at_all(page, study, posting)


def _look_at_all(page: Page, study: Study, posting: Posting) -> None:
    pages = f"/admin/studies/study/{study.pk}/mturk/"
    addresses = [pages, *(f"{pages}{one.pk}/" for one in Posting.objects.order_by("pk"))]
    addresses += [f"{pages}{posting.pk}/{name}/" for name in ("review", "wages", "ledger")]
    for address in addresses:
        page.goto(address)
        look(page)
        assert_accessible(page)
    page.goto(addresses[-4])  # production
    press(page, "Get a quote")
    expect(page.get_by_role("heading", name="This cannot be confirmed")).to_be_visible()
    look(page)
    assert_accessible(page)
