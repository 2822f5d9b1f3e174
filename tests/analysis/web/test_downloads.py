from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings

from studies.allocation import open_session
from studies.models import Study
from tests.factories_studies import NOON, WorkerFactory, choose_first, published_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(settings: Settings, tmp_path: Path) -> Study:
    settings.MEDIA_ROOT = tmp_path
    return published_study(prompts=2, name="Spring", shows_results_while_open=True)


def _vote(study: Study, *, rehearsal: bool) -> None:
    for trial in open_session(study, WorkerFactory.create(), rehearsal=rehearsal, now=NOON).trials.all():
        trial.record(choose_first(trial), NOON)


@pytest.mark.parametrize("name", ["tables.csv", "tables.tex", "tables.md", "tables.html"])
def test_a_table_is_made_of_the_votes_so_far(researcher: Client, study: Study, name: str) -> None:
    _vote(study, rehearsal=False)
    response = researcher.get(f"/tables/{study.pk}/{name}")
    assert response.status_code == 200
    assert "Method A" in response.content.decode()
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_table_of_the_rehearsal_says_so_and_one_of_votes_does_not(researcher: Client, study: Study) -> None:
    _vote(study, rehearsal=False)
    _vote(study, rehearsal=True)
    assert "Rehearsal" in researcher.get(f"/tables/{study.pk}/rehearsal/tables.md").content.decode()
    assert "Rehearsal" not in researcher.get(f"/tables/{study.pk}/tables.md").content.decode()


def test_without_votes_there_is_a_sentence_instead_of_a_table(researcher: Client, study: Study) -> None:
    _vote(study, rehearsal=True)
    response = researcher.get(f"/tables/{study.pk}/tables.csv")
    assert (response.status_code, response.content.decode()) == (404, "There are no votes yet to make tables of.")


def test_there_are_no_other_files(researcher: Client, study: Study) -> None:
    assert researcher.get(f"/tables/{study.pk}/tables.docx").status_code == 404


def test_tables_are_for_those_who_may_see_the_study(client: Client, study: Study) -> None:
    address = f"/tables/{study.pk}/tables.csv"
    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    assert client.get(address).status_code == 403


def test_tables_wait_until_the_study_is_closed(researcher: Client, study: Study) -> None:
    Study.objects.update(shows_results_while_open=False)
    _vote(study, rehearsal=False)
    response = researcher.get(f"/tables/{study.pk}/tables.csv")
    assert response.status_code == 403
    assert "Close the study to see them." in response.content.decode()
    assert "Method A" not in response.content.decode()
    study.refresh_from_db()
    study.close()
    assert researcher.get(f"/tables/{study.pk}/tables.csv").status_code == 200


def test_tables_of_the_rehearsal_are_for_those_who_may_see_results(client: Client, study: Study) -> None:
    _vote(study, rehearsal=True)
    assistant = User.objects.create_user("assistant", is_staff=True)
    assistant.groups.add(Group.objects.get(name="assistant"))
    client.force_login(assistant)
    response = client.get(f"/tables/{study.pk}/rehearsal/tables.csv")
    assert response.status_code == 403
    assert "Your role does not see results" in response.content.decode()


def test_tables_of_the_rehearsal_need_not_wait(researcher: Client, study: Study) -> None:
    Study.objects.update(shows_results_while_open=False)
    _vote(study, rehearsal=True)
    assert researcher.get(f"/tables/{study.pk}/rehearsal/tables.csv").status_code == 200


def test_tables_are_never_for_those_who_see_no_results(client: Client, study: Study) -> None:
    _vote(study, rehearsal=False)
    assistant = User.objects.create_user("assistant", is_staff=True)
    assistant.groups.add(Group.objects.get(name="assistant"))
    client.force_login(assistant)
    response = client.get(f"/tables/{study.pk}/tables.csv")
    assert response.status_code == 403
    assert "Your role does not see results." in response.content.decode()
