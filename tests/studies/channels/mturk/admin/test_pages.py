"""What holds on every page about Mechanical Turk."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core import serializers
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from studies.channels.mturk.admin.urls import URLS
from studies.channels.mturk.environments import CLOSURE
from studies.channels.mturk.models import Posting
from studies.models import Study
from tests.studies.admin.conftest import LogIn
from tests.studies.channels.mturk.admin.browsing import address, postings_address, told
from tests.studies.channels.mturk.admin.conftest import HandIn
from tests.studies.channels.mturk.postings import draft

pytestmark = pytest.mark.django_db
PAGES = ("", "review", "wages", "ledger")
BUTTONS = ("quote", "confirm", "poll", "expire", "delete", "try-again", "replace", "budget", "notify", "decide", "top-up")


def test_no_get_changes_anything(researcher: Client, hand_in: HandIn, study: Study) -> None:
    hand_in()
    draft(study)
    before = list(_rows())
    for posting in Posting.objects.all():
        for url in URLS:
            numbers = {"pk": study.pk, "number": posting.pk} if "number" in str(url.pattern) else {"pk": study.pk}
            for query in ("", "?target=12.00&status=elsewhere&sure=on&said=x&decision=approve&all=on&cents=0"):
                researcher.get(reverse(f"admin:{url.name}", kwargs=numbers) + query)
    assert list(_rows()) == before


@pytest.mark.parametrize("page", BUTTONS)
def test_a_button_is_no_page(researcher: Client, posting: Posting, page: str) -> None:
    assert researcher.get(address(posting, page)).status_code == 405


@pytest.mark.parametrize(("role", "status"), [("researcher", 200), ("assistant", 200), ("auditor", 403), ("nobody", 403)])
def test_pages_are_for_those_who_run_studies(log_in: LogIn, confirmed: Posting, role: str, status: int) -> None:
    browser = log_in(role)
    assert browser.get(postings_address(confirmed.study)).status_code == status
    assert {browser.get(address(confirmed, page)).status_code for page in (*PAGES, "ledger.csv")} == {status}


@pytest.mark.parametrize("role", ["auditor", "nobody"])
@pytest.mark.parametrize("page", BUTTONS)
def test_nobody_else_presses_a_button(log_in: LogIn, posting: Posting, role: str, page: str) -> None:
    assert log_in(role).post(address(posting, page)).status_code == 403


def test_the_page_of_a_study_leads_there(log_in: LogIn, study: Study) -> None:
    change = f"/admin/studies/study/{study.pk}/change/"
    assert postings_address(study) in told(log_in("assistant").get(change))
    assert postings_address(study) not in told(log_in("auditor").get(change))


def test_the_closure_and_the_environment_stand_on_every_page(researcher: Client, confirmed: Posting) -> None:
    pages = [told(researcher.get(address(confirmed, page))) for page in PAGES]
    pages += [told(researcher.post(address(confirmed, "expire")))]
    assert all(CLOSURE in page and "Emulator, no money" in page for page in pages)
    assert CLOSURE in told(researcher.get(postings_address(confirmed.study)))


@pytest.mark.parametrize(("name", "title"), [("sandbox", "Sandbox, no money"), ("production", "Production, real money")])
def test_environments_say_in_words_which_they_are(researcher: Client, study: Study, name: str, title: str) -> None:
    page = told(researcher.get(address(draft(study, environment_name=name))))
    assert re.search(rf'class="environment {name}"><strong>{title}', page)


def test_pages_of_an_emulator_that_is_gone_open_all_the_same(
    researcher: Client, hand_in: HandIn, confirmed: Posting, settings: Settings
) -> None:
    hand_in()
    settings.MTURK_ENDPOINT_URL = ""
    assert {researcher.get(address(confirmed, page)).status_code for page in PAGES} == {200}
    assert "Start the emulator with" in told(researcher.post(address(confirmed, "poll"), follow=True))


def test_a_posting_is_found_in_its_own_study_alone(researcher: Client, posting: Posting) -> None:
    other = Study.objects.create(name="Another")
    assert researcher.get(address(posting).replace(f"/study/{posting.study_id}/", f"/study/{other.pk}/")).status_code == 404


def _rows() -> Iterator[str]:
    """Every row of the site's own apps, as text."""
    for app in ("studies", "generation", "mturk"):
        for model in apps.get_app_config(app).get_models():
            yield from (serializers.serialize("json", [row]) for row in model._default_manager.order_by("pk"))
