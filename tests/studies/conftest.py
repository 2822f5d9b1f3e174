from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def image_folder(settings: Settings, tmp_path: Path) -> Path:
    """The folder of this test's images."""
    settings.MEDIA_ROOT = tmp_path / "images"
    return tmp_path / "images"
