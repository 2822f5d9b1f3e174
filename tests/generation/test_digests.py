import os
import re
import shutil
from pathlib import Path

import pytest

from generation.digests import digest_of


@pytest.fixture
def copied(tiny_folder: Path, tmp_path: Path) -> Path:
    """A checkpoint that a test may change."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "copied"))


def test_a_digest_fits_where_commits_stand(tiny_folder: Path) -> None:
    assert re.fullmatch(r"sha256:[0-9a-f]{40}", digest_of(tiny_folder))


def test_a_digest_does_not_depend_on_where_the_folder_lies(tiny_folder: Path, copied: Path) -> None:
    assert digest_of(copied) == digest_of(tiny_folder)


@pytest.mark.parametrize(
    "changed", ["model_index.json", "unet/diffusion_pytorch_model.safetensors", "tokenizer/tokenizer.json", "unet/config.json"]
)
def test_every_file_that_is_read_matters(copied: Path, changed: str) -> None:
    before = digest_of(copied)
    with (copied / changed).open("ab") as file:
        file.write(b" ")
    assert digest_of(copied) != before


def test_a_byte_that_changes_in_place_matters(copied: Path) -> None:
    before, weights = digest_of(copied), copied / "unet" / "diffusion_pytorch_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    os.utime(weights, (1, 1))  # two writes may fall into one tick of the clock
    assert digest_of(copied) != before


def test_files_that_nobody_reads_do_not_matter(copied: Path) -> None:
    before = digest_of(copied)
    (copied / "README.md").write_text("A model.")
    (copied / "unet" / "weights.bin").write_text("pickled")
    (copied / "notes").mkdir()
    (copied / "notes" / "notes.json").write_text("{}")
    assert digest_of(copied) == before


def test_a_name_matters(copied: Path) -> None:
    before = digest_of(copied)
    (copied / "unet" / "config.json").rename(copied / "unet" / "other.json")
    assert digest_of(copied) != before


def test_the_digest_of_a_file_is_that_of_its_content_and_of_the_configuration_beside_it(
    tiny_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "one.safetensors"
    file.write_bytes(b"weights")
    alone = digest_of(file)
    assert digest_of(file.rename(tmp_path / "two.safetensors")) == alone
    shutil.copytree(tiny_folder, tmp_path / "two")
    assert digest_of(tmp_path / "two.safetensors") != alone
