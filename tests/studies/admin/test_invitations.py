import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from studies.models import PersonalLink, Study, Worker
from tests.factories_studies import published_study
from tests.studies.admin.browsing import address

pytestmark = pytest.mark.django_db


def _upload(researcher: Client, study: Study, content: str, name: str = "people.csv") -> str:
    people = SimpleUploadedFile(name, content.encode())
    return researcher.post(address(study, "invitations"), {"people": people}, follow=True).content.decode()


def test_a_list_of_people_becomes_links_to_download(researcher: Client) -> None:
    study = published_study()
    html = _upload(researcher, study, "name,email\nAda,a@example.org\nBob,b@example.org\n")
    assert "2 people have a personal link." in html
    lines = researcher.get(f"/admin/studies/study/{study.pk}/links.csv").content.decode().splitlines()
    links = [f"{link.name},{link.address}" for link in PersonalLink.objects.order_by("name")]
    assert lines == ["name,link", *links]
    assert study.log.get().detail == "2 people."


def test_a_list_with_faults_invites_nobody_and_says_file_and_line_beside_the_field(researcher: Client) -> None:
    study = published_study()
    html = _upload(researcher, study, "name\nAda\nAda\n")
    assert '<ul class="errorlist"' in html
    assert "people.csv, line 3: “Ada” is in line 2 already." in html
    assert not Worker.objects.exists()
    assert not study.log.exists()


@pytest.mark.parametrize(("content", "name"), [("", "people.csv"), ("name\nAda\n", "people.xlsx")])
def test_what_is_no_list_is_refused(researcher: Client, content: str, name: str) -> None:
    html = _upload(researcher, published_study(), content, name)
    assert '<ul class="errorlist"' in html
    assert not PersonalLink.objects.exists()


def test_ways_back_of_uninvited_workers_are_not_listed(researcher: Client) -> None:
    study = published_study()
    PersonalLink.objects.of(study, Worker.objects.known_as("local", "somebody"), "somebody", rehearsal=False)
    assert "Nobody is invited yet." in researcher.get(address(study, "invitations")).content.decode()
