"""A site's files and the folder of its backups, for tests in this process."""

from pathlib import Path
from typing import Any

import pytest

from evalsite.backup.folder import BackupFolder


@pytest.fixture
def own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT, settings.RESULTS_ROOT = tmp_path / "images", tmp_path / "results"


@pytest.fixture
def folder(tmp_path: Path, own_files: None) -> BackupFolder:  # noqa: ARG001 (of which backups are made)
    return BackupFolder(tmp_path / "backup")
