"""The page on which a researcher sets up a study's panels."""

from typing import Any

import pytest
from django.test import Client

from studies.channels.panel.models import PanelLink
from studies.models import Link, LogLine, Study
from tests.factories_studies import ready_study
from tests.studies.admin.browsing import address as page_address
from tests.studies.admin.conftest import log_in
from tests.studies.channels.panel.panels import COMPLETE, address, one_way_link, panel_link, take_part

__all__ = ["log_in"]

pytestmark = pytest.mark.django_db
FIELDS = {
    "panel": "connect",
    "id_parameter": "participantId",
    "visit_parameter": "assignmentId",
    "kept_parameters": "rid",
    "complete": COMPLETE,
    "screened_out": "https://panel.example/out",
    "full": "",
    "code": "",
}


def _send(researcher: Client, study: Study, of: str = "", **changes: str) -> Any:
    """The form, of a new panel or of that one, with some fields changed."""
    fields = {name: value for name, value in (FIELDS | changes).items() if name != "panel" or not of}
    return researcher.post(page_address(study, "panels") + (f"?panel={of}" if of else ""), fields, follow=True)


def test_a_new_panel_has_an_address_to_paste(researcher: Client, study: Study) -> None:
    html = _send(researcher, study).content.decode()
    link = Link.objects.get()
    assert (link.study, link.channel) == (study, "panel:connect")
    pasted = f"{link.address}?participantId={{{{ID}}}}&amp;assignmentId={{{{VISIT}}}}&amp;rid={{{{rid}}}}"
    assert f"<code>{pasted}</code>" in html
    assert "“connect” is a panel of this study." in html


def test_every_field_is_written_into_the_log(researcher: Client, study: Study) -> None:
    _send(researcher, study)
    line = LogLine.objects.get()
    assert (line.study, line.who, line.action) == (study, "researcher", "panel")
    assert line.detail.splitlines()[:3] == ["connect:", "Panel: – → connect", "Participant's id: – → participantId"]
    assert f"When done: – → {COMPLETE}" in line.detail


def test_a_panel_is_changed_and_keeps_its_link(researcher: Client, study: Study) -> None:
    token = panel_link(study).link.token
    html = _send(researcher, study, "connect", full="https://panel.example/nobody").content.decode()
    assert "“connect” is changed." in html
    changed = PanelLink.objects.get()
    assert (changed.full, changed.id_parameter, changed.link.token) == ("https://panel.example/nobody", "participantId", token)
    detail = LogLine.objects.get().detail
    assert "When full: https://panel.example/full?id={id}&visit={visit} → https://panel.example/nobody" in detail


def test_saving_what_is_there_writes_nothing_into_the_log(researcher: Client, study: Study) -> None:
    _send(researcher, study)
    _send(researcher, study, "connect")
    assert LogLine.objects.count() == 1


def test_the_form_of_a_panel_shows_what_it_is(researcher: Client, study: Study) -> None:
    panel_link(study, kept_parameters="rid src")
    html = researcher.get(page_address(study, "panels") + "?panel=connect").content.decode()
    assert "Change “connect”" in html
    assert 'value="rid src"' in html
    assert 'name="panel"' not in html


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("panel", "", "This field is required."),
        ("panel", "con nect", "Enter a valid “slug”"),
        ("panel", "Pool", "“pool” is a panel of this study already."),
        ("id_parameter", "", "This field is required."),
        ("id_parameter", "p&id", "A parameter&#x27;s name starts with a letter"),
        ("visit_parameter", "1st", "A parameter&#x27;s name starts with a letter"),
        ("visit_parameter", "participantId", "This is the participant&#x27;s id already."),
        ("kept_parameters", "rid a{b", "no name of a parameter: a{b."),
        ("kept_parameters", "rid rid", "named twice, or no name of a parameter: rid."),
        ("kept_parameters", "rid id participantId", "no name of a parameter: id, participantId."),
        ("kept_parameters", "rid a b c d", "Name 4 parameters at most."),
        ("complete", "http://panel.example/", "from https:// on"),
        ("complete", "https://panel.example/?q={src}", "Nothing is known to put in the place of {src}."),
        ("screened_out", "https://panel.example/?code={code}", "Nothing is known to put in the place of {code}."),
        ("full", "javascript:alert(1)", "from https:// on"),
        ("code", "C0DE 1", "A code is one word"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_nothing_is_saved(
    researcher: Client, study: Study, field: str, value: str, sentence: str
) -> None:
    one_way_link(study, "pool")
    response = _send(researcher, study, **{field: value})
    assert sentence in str(response.context["form"].errors[field])
    assert list(response.context["form"].errors) == [field]
    assert sentence in response.content.decode()
    assert (PanelLink.objects.count(), LogLine.objects.exists()) == (1, False)


def test_a_placeholder_needs_its_parameter(researcher: Client, study: Study) -> None:
    response = _send(researcher, study, visit_parameter="")
    assert "{visit}" in str(response.context["form"].errors["complete"])


def test_a_panel_can_be_set_up_before_the_study_is_published(researcher: Client) -> None:
    draft = ready_study()
    html = _send(researcher, draft).content.decode()
    assert "The addresses lead nowhere until the study is published." in html
    link = PanelLink.objects.get()
    assert Client().get(address(link, participantId="P1", assignmentId="S1")).status_code == 404


def test_answers_are_counted_by_panel(researcher: Client, study: Study) -> None:
    connect = panel_link(study)
    one_way_link(study, "pool")
    take_part(Client(), address(connect, pid="P1", sub="S1"))
    take_part(Client(), study.link_path)
    rows = researcher.get(page_address(study, "panels")).context["rows"]
    assert [(row.link.panel, row.started, row.done, row.answered) for row in rows] == [("connect", 1, 1, 3), ("pool", 0, 0, 0)]


def test_a_look_changes_nothing(researcher: Client, study: Study) -> None:
    panel_link(study)
    before = PanelLink.objects.values().get()
    researcher.get(page_address(study, "panels"), FIELDS | {"panel": "connect"})
    assert PanelLink.objects.values().get() == before
    assert not LogLine.objects.exists()


def test_a_panel_that_is_not_there_is_not_found(researcher: Client, study: Study) -> None:
    assert researcher.get(page_address(study, "panels") + "?panel=nobody").status_code == 404


@pytest.mark.parametrize(("role", "status"), [("researcher", 200), ("assistant", 200), ("auditor", 403), ("nobody", 403)])
def test_the_page_is_for_those_who_run_studies(log_in: Any, study: Study, role: str, status: int) -> None:
    browser = log_in(role)
    assert browser.get(page_address(study, "panels")).status_code == status
    assert _send(browser, study).status_code == status
    assert PanelLink.objects.exists() == (status == 200)


def test_the_study_s_page_leads_there(researcher: Client, study: Study) -> None:
    assert f'href="{page_address(study, "panels")}"' in researcher.get(page_address(study)).content.decode()
