import re
from typing import Any

import pytest
from django.test import Client

from studies.models import Study
from tests.factories_studies import published_study
from tests.studies.admin.browsing import address

pytestmark = pytest.mark.django_db


def _files(researcher: Client, study: Study) -> list[str]:
    return re.findall(r'href="([^"]*(?:votes|checks)\.[a-z]+)"', researcher.get(address(study)).content.decode())


def _content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_closed_study_offers_the_votes_of_people_and_of_the_rehearsal(researcher: Client) -> None:
    study = published_study()
    study.close()
    addresses = _files(researcher, study)
    assert len(addresses) == 4
    for name in ("votes.csv", "checks.csv"):
        own, rehearsal = [path for path in addresses if path.endswith(name)]
        for path in (own, rehearsal):
            response = researcher.get(path)
            assert response["Content-Disposition"] == f'attachment; filename="{name}"'
            assert _content(response).startswith(b"study,")


def test_while_it_is_open_only_the_rehearsal_is_offered_and_the_page_says_why(researcher: Client) -> None:
    study = published_study()
    addresses = _files(researcher, study)
    assert len(addresses) == 2
    assert all("rehearsal" in path for path in addresses)
    assert "The results are hidden until the study is closed" in researcher.get(address(study)).content.decode()


@pytest.mark.parametrize("name", ["votes.csv", "checks.csv"])
@pytest.mark.parametrize("state", [Study.State.PUBLISHED, Study.State.PAUSED])
def test_answers_are_refused_while_results_are_hidden(researcher: Client, state: str, name: str) -> None:
    study = published_study()
    Study.objects.update(state=state)
    response = researcher.get(f"/admin/studies/study/{study.pk}/{name}")
    assert response.status_code == 403
    assert "The results are hidden until the study is closed" in response.content.decode()
    assert researcher.get(f"/admin/studies/study/{study.pk}/rehearsal/{name}").status_code == 200


def test_votes_are_given_while_the_study_is_open_if_it_says_so(researcher: Client) -> None:
    study = published_study(shows_results_while_open=True)
    assert researcher.get(f"/admin/studies/study/{study.pk}/votes.csv").status_code == 200


def test_results_are_linked_once_they_may_be_seen(researcher: Client) -> None:
    study = published_study()
    results = f'href="/results/{study.pk}/"'
    assert results not in researcher.get(address(study)).content.decode()
    study.close()
    assert results in researcher.get(address(study)).content.decode()
