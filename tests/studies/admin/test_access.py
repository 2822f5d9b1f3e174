"""Who may open what."""

import pytest
from django.test import Client

from studies.models import Study
from tests.factories_studies import published_study, ready_study
from tests.studies.admin.browsing import address
from tests.studies.admin.conftest import LogIn

pytestmark = pytest.mark.django_db
PAGES = ("change", "gallery", "log", "invitations", "votes.csv", "rehearsal/votes.csv")
READING = {"change", "gallery", "log"}
RESULTS = {"votes.csv", "rehearsal/votes.csv"}


def _address(study: Study, page: str) -> str:
    return address(study, page).removesuffix("/" if "." in page else "")


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("researcher", {*PAGES}),
        ("assistant", READING | {"invitations"}),
        ("auditor", READING | RESULTS),
        ("nobody", set()),
    ],
)
def test_each_role_opens_its_pages_and_no_others(log_in: LogIn, role: str, may: set[str]) -> None:
    study, browser = published_study(), log_in(role)
    study.close()
    answers = {page: browser.get(_address(study, page)).status_code for page in PAGES}
    assert answers == {page: 200 if page in may else 403 for page in PAGES}


@pytest.mark.parametrize("page", ["checks", "preview"])
def test_the_pages_of_a_draft_are_for_those_who_may_view_studies(log_in: LogIn, page: str) -> None:
    draft = ready_study()
    assert log_in("auditor").get(address(draft, page)).status_code == 200
    assert log_in("nobody").get(address(draft, page)).status_code == 403


@pytest.mark.parametrize("page", ["gallery", "log", "invitations", "checks", "preview"])
def test_visitors_are_asked_to_log_in(client: Client, page: str) -> None:
    response = client.get(address(ready_study(), page))
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/admin/login/")


@pytest.mark.parametrize(("role", "moves"), [("researcher", True), ("assistant", True), ("auditor", False), ("nobody", False)])
def test_each_role_presses_its_buttons_and_no_others(log_in: LogIn, role: str, moves: bool) -> None:
    study = published_study()
    response = log_in(role).post(address(study, "pause"))
    assert (response.status_code, Study.objects.get().is_open) == ((302, False) if moves else (403, True))


@pytest.mark.parametrize(("role", "clones"), [("researcher", 1), ("assistant", 0), ("auditor", 0)])
def test_clones_are_for_those_who_design(log_in: LogIn, role: str, clones: int) -> None:
    study = published_study()
    log_in(role).post(address(study, "clone"))
    assert Study.objects.exclude(pk=study.pk).count() == clones


@pytest.mark.parametrize("role", ["assistant", "auditor"])
def test_nobody_but_a_researcher_changes_a_draft(log_in: LogIn, role: str) -> None:
    draft = ready_study(name="Spring")
    assert log_in(role).post(address(draft), {"name": "Autumn"}).status_code == 403
    assert Study.objects.get().name == "Spring"


def test_an_assistant_publishes_with_a_button_of_its_own(log_in: LogIn) -> None:
    draft, assistant = ready_study(), log_in("assistant")
    assert f'action="{address(draft, "publish")}"' in assistant.get(address(draft)).content.decode()
    assistant.post(address(draft, "publish"))
    assert Study.objects.get().is_open


def test_an_auditor_sees_no_button(log_in: LogIn) -> None:
    html = log_in("auditor").get(address(published_study())).content.decode()
    assert '<button class="button">' not in html
    assert "invitations" not in html


def test_an_assistant_is_told_why_there_are_no_files(log_in: LogIn) -> None:
    html = log_in("assistant").get(address(published_study())).content.decode()
    assert html.count("Your role sees no results.") == 2
    assert "votes.csv" not in html


def test_who_may_not_is_told_in_a_sentence(log_in: LogIn) -> None:
    response = log_in("assistant").get(_address(published_study(), "rehearsal/votes.csv"))
    assert "Your account may not do this." in response.content.decode()
