"""Every preset, and its twin on the bundled model, is a draft that lacks nothing but images."""

from pathlib import Path

import pytest

from generation.models import StandardNegatives
from studies import study_files
from studies.models import Study
from studies.study_files.presets import FOLDER, OFFLINE, names

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard_list")]
FILES = [*sorted(FOLDER.glob("*.yaml")), *sorted(OFFLINE.glob("*.yaml"))]
OF_THE_PAPERS = {*(f"table_{number}" for number in range(2, 8)), "table_2_captions", "answer", "dng"}


@pytest.fixture
def standard_list() -> None:
    """As the migrations add it; tests that empty all tables take it away."""
    StandardNegatives.objects.get_or_create(name="standard", defaults={"text": "blurry"})


def test_each_table_of_the_papers_has_a_preset_and_a_twin() -> None:
    assert set(names()) == OF_THE_PAPERS
    assert set(names(OFFLINE)) == OF_THE_PAPERS | {"demo"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_preset_can_be_loaded_and_written_again(path: Path, tmp_path: Path) -> None:
    study = study_files.load(study_files.read(path))
    again = tmp_path / "again.yaml"
    again.write_text(study_files.dump(study), encoding="utf-8")
    assert study_files.load(study_files.read(again)) == study
    assert Study.objects.count() == 1
