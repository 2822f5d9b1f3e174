"""The result page: who sees it, what it says while results are computed, and what it shows once they are."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from analysis.web import tasks
from analysis.web.models import LEASE, StudyResults
from analysis.web.results_asked import PAUSE
from analysis.web.tasks import compute_results
from evalsite.celery import app
from studies.exclusion import exclude, reinstate
from studies.models import Study
from tests.analysis.web.made_results import compute, made_report, quick_results
from tests.analysis.web.voted_studies import answer
from tests.factories_studies import NOON, StudyFactory, published_study

__all__ = ["made_report", "quick_results"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_results")]


@pytest.fixture
def study() -> Study:
    """A closed study in which three workers chose Method A always."""
    study = published_study(prompts=2, votes_wanted=5, name="Spring")
    for _ in range(3):
        answer(study, [study.conditions.first()] * 2)
    study.close()
    return study


def messages() -> int:
    """How many messages wait for a worker."""
    return len(list(Path(django_settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]).glob("*.msg")))


def page_of(client: Client, study: Study, query: str = "") -> str:
    response = client.get(f"/results/{study.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def client_of(role: str) -> Client:
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def test_the_first_look_asks_a_worker_once(researcher: Client, study: Study) -> None:
    before = messages()
    for _ in range(3):
        assert "The results are being computed since" in page_of(researcher, study)
    assert messages() == before + 1
    assert StudyResults.objects.get().state == "queued"


def test_once_computed_the_page_shows_the_report_and_every_file(researcher: Client, study: Study) -> None:
    page_of(researcher, study)
    compute()
    page = page_of(researcher, study)
    assert "Computed from 12 votes" in page  # three workers, two comparisons, two criteria
    assert "SD+DNP" in page.split('class="live-report"')[1]
    assert "being computed" not in page
    listed = set(re.findall(r'files/([^"]+)"', page))
    assert {"tables.csv", "tables.tex", "tables.md", "tables.html", "report.json", "report.html"} <= listed
    assert {"figures/demo/shares.pdf", "figures/demo/shares.svg", "figures/demo/shares.png"} <= listed


def test_results_of_the_same_votes_are_computed_once(researcher: Client, study: Study) -> None:
    page_of(researcher, study)
    compute()
    before = messages()
    page_of(researcher, study)
    assert (messages(), StudyResults.objects.count()) == (before, 1)


def test_an_exclusion_after_closing_makes_new_results_and_shows_the_old_ones_meanwhile(
    researcher: Client, study: Study
) -> None:
    page_of(researcher, study)
    compute()
    worker = study.sessions.earliest("pk").worker
    exclude(study, worker, "straight-lining", "researcher", NOON)
    page = page_of(researcher, study)
    assert "Computed from 12 votes" in page
    assert "New results are being computed since" in page
    old = StudyResults.objects.done().get().folder
    compute()
    assert "straight-lining" in researcher.get(f"/results/{study.pk}/files/tables.md").getvalue().decode()
    assert not old.exists()
    assert StudyResults.objects.get().folder.is_dir()


def test_votes_that_are_what_they_were_are_not_computed_again(researcher: Client, study: Study) -> None:
    page_of(researcher, study)
    compute()
    file = StudyResults.objects.get().folder / "tables.md"
    written = file.stat().st_mtime_ns
    worker = study.sessions.earliest("pk").worker
    exclude(study, worker, "straight-lining", "researcher", NOON)
    reinstate(study, worker, "researcher", NOON)
    page_of(researcher, study)
    compute()
    assert file.stat().st_mtime_ns == written
    assert "being computed" not in page_of(researcher, study)


def test_while_votes_come_in_results_are_computed_every_few_minutes_at_most(researcher: Client, study: Study) -> None:
    Study.objects.update(shows_results_while_open=True)
    study.resume()
    page_of(researcher, study)
    compute()
    answer(study, [None], at=timezone.now())
    page = page_of(researcher, study)
    assert "Since then 2 votes came in, which are not in these results." in page
    assert "computed every few minutes at most" in page
    assert not StudyResults.objects.under_way().exists()
    StudyResults.objects.update(finished_at=timezone.now() - PAUSE)
    assert "New results are being computed since" in page_of(researcher, study)


def test_the_rehearsal_has_results_of_its_own(researcher: Client, study: Study) -> None:
    study.resume()
    answer(study, [None], rehearsal=True)
    assert "being computed" in page_of(researcher, study, "rehearsal/")
    compute()
    page = page_of(researcher, study, "rehearsal/")
    assert "Computed from 2 votes" in page
    assert "Rehearsal: synthetic voters, not people." in page
    assert researcher.get(f"/results/{study.pk}/").status_code == 403


def test_without_votes_there_is_nothing_to_compute(researcher: Client) -> None:
    study = published_study()
    study.close()
    assert "There are no votes yet" in page_of(researcher, study)
    assert "not published yet" in page_of(researcher, StudyFactory.create(), "rehearsal/")
    assert not StudyResults.objects.exists()


def test_a_study_whose_votes_are_all_excluded_has_results(researcher: Client, study: Study) -> None:
    for session in study.sessions.all():
        exclude(study, session.worker, "robots", "researcher", NOON)
    page_of(researcher, study)
    compute()
    assert "Computed from 12 votes" in page_of(researcher, study)
    assert "robots" in researcher.get(f"/results/{study.pk}/files/tables.md").getvalue().decode()


@pytest.mark.parametrize("address", ["", "files/tables.csv", "files/report.zip"])
def test_hidden_results_are_refused_with_the_reason(researcher: Client, study: Study, address: str) -> None:
    page_of(researcher, study)
    compute()
    study.resume()
    response = researcher.get(f"/results/{study.pk}/{address}")
    assert response.status_code == 403
    assert "Close the study to see them." in response.content.decode()
    assistant = client_of("assistant").get(f"/results/{study.pk}/rehearsal/{address}")
    assert assistant.status_code == 403
    assert "Your role does not see results." in assistant.content.decode()


def test_results_are_for_staff_who_may_view_studies(client: Client, study: Study) -> None:
    address = f"/results/{study.pk}/files/tables.csv"
    assert client.get(address).headers["Location"] == f"/admin/login/?next={address}"
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    assert client.get(address).status_code == 403


def test_auditors_see_results(study: Study) -> None:
    assert "being computed" in page_of(client_of("auditor"), study)


def test_a_failure_is_told_and_can_be_tried_again(researcher: Client, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError("No space left on device")

    page_of(researcher, study)
    with monkeypatch.context() as patched:
        patched.setattr(tasks, "compute", full)
        compute()
    page = page_of(researcher, study)
    assert "The results could not be computed." in page
    assert "OSError: No space left on device" in page
    assert researcher.post(f"/results/{study.pk}/again/", follow=True).status_code == 200
    compute()
    assert "Computed from 12 votes" in page_of(researcher, study)


def test_what_a_dead_worker_held_is_called_again_after_its_lease(researcher: Client, study: Study) -> None:
    page_of(researcher, study)
    now = timezone.now()
    assert StudyResults.objects.get().claim("dead", "key", now)
    before = messages()
    page_of(researcher, study)
    assert messages() == before
    StudyResults.objects.update(lease_until=now, called_at=now - LEASE)
    page_of(researcher, study)
    assert messages() == before + 1
    compute()
    assert StudyResults.objects.get().state == "done"


def test_only_one_of_two_workers_takes_a_row_and_the_other_spoils_nothing(researcher: Client, study: Study) -> None:
    page_of(researcher, study)
    row, now = StudyResults.objects.get(), timezone.now()
    assert row.claim("first", "key", now)
    assert not row.claim("second", "key", now)
    assert row.claim("second", "key", now + LEASE)
    assert not row.finish("first", "digest", 12, now)
    assert not row.fail("first", "too late", now)
    assert row.state == "computing"


def test_results_that_stop_every_worker_are_given_up(researcher: Client, study: Study) -> None:
    page_of(researcher, study)
    StudyResults.objects.update(claims=3)
    compute()
    assert "3 workers stopped while they computed these results." in page_of(researcher, study)


def test_a_repeated_message_and_one_for_no_row_do_nothing(researcher: Client, study: Study) -> None:
    page_of(researcher, study)
    compute()
    done = StudyResults.objects.values().get()
    compute_results(done["id"])
    compute_results(done["id"] + 1)
    assert StudyResults.objects.values().get() == done


def test_results_whose_files_are_gone_are_computed_again(researcher: Client, study: Study) -> None:
    page_of(researcher, study)
    compute()
    StudyResults.objects.get().folder.rename(StudyResults.objects.get().shelf.parent / "elsewhere")
    assert researcher.get(f"/results/{study.pk}/files/tables.csv").status_code == 404
    assert "The results are being computed since" in page_of(researcher, study)


def test_a_page_that_waits_says_when_there_may_be_no_worker(researcher: Client, study: Study) -> None:
    assert "No worker has taken them yet" not in page_of(researcher, study)
    StudyResults.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    assert "No worker has taken them yet" in page_of(researcher, study)


def test_asking_again_is_no_get(researcher: Client, study: Study) -> None:
    assert researcher.get(f"/results/{study.pk}/again/").status_code == 405
    assert researcher.post(f"/results/{study.pk}/").status_code == 405


def test_the_task_is_known_to_workers() -> None:
    app.loader.import_default_modules()
    assert compute_results.name in app.tasks
