from pathlib import Path

import pytest
from pytest_django import Settings

from studies.models import Study
from tests.world_study import published_study


@pytest.fixture(autouse=True)
def image_folder(settings: Settings, tmp_path: Path) -> Path:
    """The folder of this test's images."""
    settings.MEDIA_ROOT = tmp_path / "images"
    return tmp_path / "images"


@pytest.fixture
def study() -> Study:
    """A published study on images of the bundled world."""
    return published_study()
