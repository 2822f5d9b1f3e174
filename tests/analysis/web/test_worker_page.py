from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings

from studies.models import Exclusion, Flag, Study, Worker
from tests.analysis.web.voted_studies import answer
from tests.factories_studies import NOON, WorkerFactory, published_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(settings: Settings, tmp_path: Path) -> Study:
    settings.MEDIA_ROOT = tmp_path
    return published_study(prompts=4, votes_wanted=3)


@pytest.fixture
def worker(study: Study) -> Worker:
    return answer(study, [None, None, None]).worker


def address(study: Study, worker: Worker, action: str = "") -> str:
    return f"/live/{study.pk}/workers/{worker.pseudonym}/{action}"


def test_the_page_tells_sessions_and_flags(researcher: Client, study: Study, worker: Worker) -> None:
    Flag.objects.create(study=study, worker=worker, rule="median seconds", value=1.25, threshold=3, raised_at=NOON)
    page = researcher.get(address(study, worker)).content.decode()
    assert '<td>open</td><td class="number">3</td>' in page
    assert '<th scope="row">median seconds</th><td class="number">1.3</td><td class="number">3</td>' in page


def test_a_worker_is_excluded_for_a_reason_and_reinstated(researcher: Client, study: Study, worker: Worker) -> None:
    response = researcher.post(address(study, worker, "exclude/"), {"reason": "too fast"}, follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(address(study, worker), 302)]
    assert "3 trials do not count any more" in page
    assert "Excluded by researcher" in page
    assert "<strong>0 of 12</strong>" in researcher.get(f"/live/{study.pk}/?part=progress").content.decode()
    page = researcher.post(address(study, worker, "reinstate/"), follow=True).content.decode()
    assert "3 trials count again" in page
    assert "reinstated by researcher" in page
    assert "<strong>3 of 12</strong>" in researcher.get(f"/live/{study.pk}/?part=progress").content.decode()


def test_without_a_reason_the_form_says_so_next_to_its_field(researcher: Client, study: Study, worker: Worker) -> None:
    response = researcher.post(address(study, worker, "exclude/"), {"reason": " "})
    assert response.status_code == 422
    assert "Say why: the reason stays with the votes.</li></ul>\n<p><label" in response.content.decode()
    assert not Exclusion.objects.exists()


def test_a_second_exclusion_is_refused_in_a_sentence(researcher: Client, study: Study, worker: Worker) -> None:
    for reason in ("too fast", "always left"):
        response = researcher.post(address(study, worker, "exclude/"), {"reason": reason}, follow=True)
    assert "is excluded from" in response.content.decode()
    assert Exclusion.objects.get().reason == "too fast"


def test_looking_never_excludes(researcher: Client, study: Study, worker: Worker) -> None:
    for action in ("exclude/", "reinstate/"):
        assert researcher.get(address(study, worker, action)).status_code == 405


def test_those_who_may_not_decide_have_no_button_and_are_refused(client: Client, study: Study, worker: Worker) -> None:
    auditor = User.objects.create_user("auditor", is_staff=True)
    auditor.groups.add(Group.objects.get(name="auditor"))
    client.force_login(auditor)
    assert "<button" not in client.get(address(study, worker)).content.decode().split('id="decide"')[1].split("</section>")[0]
    for action in ("exclude/", "reinstate/"):
        assert client.post(address(study, worker, action), {"reason": "why not"}).status_code == 403
    assert not Exclusion.objects.exists()


def test_workers_of_other_studies_have_no_page_here(researcher: Client, study: Study) -> None:
    stranger = WorkerFactory.create(pseudonym="stranger")
    assert researcher.get(address(study, stranger)).status_code == 404
