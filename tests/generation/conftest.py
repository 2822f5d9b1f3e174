from pathlib import Path

import pytest

from generation.checkpoints import Loaded, load
from tests.tiny_checkpoint import build_tiny_checkpoint


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny checkpoint; tests must not change it."""
    return build_tiny_checkpoint(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def tiny(tiny_folder: Path) -> Loaded:
    """The tiny checkpoint in memory."""
    return load(str(tiny_folder))
