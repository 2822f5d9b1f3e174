"""A study's file from its page."""

from pathlib import Path

import pytest
from django.test import Client

from studies.models import Study
from studies.study_files import load, read
from studies.study_files.dumping import content
from tests.factories_studies import ExampleFactory, ready_study

pytestmark = pytest.mark.django_db


def test_the_page_of_a_study_offers_its_file(researcher: Client, tmp_path: Path) -> None:
    study = ready_study(name="Spring study")
    address = f"/admin/studies/study/{study.pk}/study.yaml"
    assert address in researcher.get(f"/admin/studies/study/{study.pk}/change/").content.decode()
    response = researcher.get(address)
    assert response.headers["Content-Disposition"] == 'attachment; filename="spring-study.yaml"'
    (tmp_path / "study.yaml").write_bytes(response.content)
    held = content(study)
    Study.objects.update(name="Original")
    assert content(load(read(tmp_path / "study.yaml"))) == held


def test_a_study_with_pictures_is_told_of_the_command(researcher: Client) -> None:
    study = ready_study()
    ExampleFactory.create(study=study)
    page = researcher.get(f"/admin/studies/study/{study.pk}/study.yaml", follow=True)
    assert "dump_study --out" in page.content.decode()
