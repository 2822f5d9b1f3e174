from pathlib import Path

import pytest

from generation.experiments.related_unrelated.__main__ import main
from tests.analysis.automatic.tiny_models import save_clip

STUDY = """\
seeds: 2
evaluations: 3
base_scale: 1
factors: [1, 2]
prompts:
  - name: Feast
    prompt: a feast
    related: a candle
    unrelated: kids
    np_scale: 1.5
    dng: {scale: 20, prior: 0.1}
"""


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    """A study of one prompt, two seeds and three steps."""
    path = tmp_path / "study.yaml"
    path.write_text(STUDY)
    return path


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path, tiny_clip: Path) -> Path:
    """The folder of the study above, drawn and measured with tiny models; tests must not change it."""
    folder = tmp_path_factory.mktemp("related")
    study = folder / "study.yaml"
    study.write_text(STUDY)
    main(arguments(folder / "out", tiny_folder, tiny_clip, study))
    return folder / "out"


def arguments(out: Path, checkpoint: Path, clip: Path, study: Path) -> list[str]:
    """A command line of the study."""
    return ["--out", str(out), "--checkpoint", str(checkpoint), "--clip", str(clip), "--study", str(study)]
