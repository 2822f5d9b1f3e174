"""The page that a visitor sees when no other can be shown."""

import pytest
from django.test import Client

from studies.models import Study
from studies.pages import entrance
from tests.factories_studies import published_study

pytestmark = pytest.mark.django_db


def fail(*_: object) -> None:
    raise RuntimeError("The page is broken.")


@pytest.fixture
def study(monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr(entrance, "_answer", fail)
    return published_study(language="de", prompts=1)


def test_a_worker_reads_in_the_language_of_the_study_which_number_to_tell(study: Study) -> None:
    response = Client(raise_request_exception=False).get(study.link_path)
    page = response.content.decode()
    assert response.status_code == 500
    assert '<html lang="de">' in page
    assert "Etwas ist schiefgegangen" in page
    assert f"<code>{response.headers['X-Request-ID']}</code>" in page


def test_the_page_is_kept_nowhere_and_needs_nothing_from_elsewhere(study: Study) -> None:
    response = Client(raise_request_exception=False).get(study.link_path)
    assert "no-store" in response.headers["Cache-Control"]
    assert "style=" not in response.content.decode()
    assert "//" not in response.content.decode().replace("<!doctype", "")
