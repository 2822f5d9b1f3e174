"""Stored files are compared with their rows; what is wrong is put back from a backup, or made again."""

from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from evalsite.backup.folder import BackupFolder
from generation.models import Image
from studies.models import ComparisonImage
from tests.evalsite.backup.backups import back_up, image
from tests.factories_studies import ExampleFactory, published_study

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT, settings.RESULTS_ROOT = tmp_path / "images", tmp_path / "results"


def said(capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    """What the command says, whether or not it fails."""
    try:
        call_command("verify_files", **options)
    except CommandError as error:
        return capsys.readouterr().out + str(error)
    return capsys.readouterr().out


def cut_off(file: Any) -> None:
    path = Path(file.path)
    path.write_bytes(path.read_bytes()[:-20])


def flip(file: Any) -> None:
    """Change one bit in the midst of a file."""
    content = bytearray(Path(file.path).read_bytes())
    content[len(content) // 2] ^= 1
    Path(file.path).write_bytes(content)


def test_whole_files_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    image()
    published_study(prompts=1)
    ExampleFactory.create()
    assert said(capsys) == "6 of 6 files that rows name are there and whole.\n"


@pytest.mark.parametrize("spoil", [cut_off, flip])
def test_damage_is_found_with_a_checksum_in_the_row_and_without(spoil: Any, capsys: pytest.CaptureFixture[str]) -> None:
    published_study(prompts=1)
    damaged: list[Any] = [image(), ComparisonImage.objects.all()[0], ExampleFactory.create()]
    for row in damaged:
        spoil(row.file)
    told = said(capsys)
    assert told.count("it is damaged") == 3
    assert all(str(row.file) in told for row in damaged)
    assert "Missing or damaged: 3.\n`manage.py verify_files --from BACKUP` puts back" in told


def test_a_missing_file_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    default_storage.delete(str(image().file))
    assert "it is missing" in said(capsys)


def test_an_image_is_made_again_by_the_next_retry(capsys: pytest.CaptureFixture[str]) -> None:
    damaged = image()
    name = str(damaged.file)
    flip(damaged.file)
    assert f"{name}: it is to be made again" in said(capsys, make_again=True)
    damaged.refresh_from_db()
    assert (damaged.state, damaged.file, damaged.sha256) == (Image.State.FAILED, "", "")
    assert damaged.reason == "Of its file: it is damaged: its SHA-256 is not the one in its row."
    assert not default_storage.exists(name)
    assert Image.objects.retry() == 1


def test_what_workers_see_is_drawn_again_from_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    published_study(prompts=1)
    shown = ComparisonImage.objects.all()[0]
    before = Path(shown.file.path).read_bytes()
    cut_off(shown.file)
    assert f"{shown.file}: it was drawn again from its source" in said(capsys, make_again=True)
    assert Path(shown.file.path).read_bytes() == before
    assert "6 of 6" not in said(capsys)
    with PIL.Image.open(shown.file.path) as again, PIL.Image.open(shown.source.file.path) as source:
        assert again.tobytes() == source.tobytes()


def test_what_workers_see_waits_for_a_source_that_is_made_again(capsys: pytest.CaptureFixture[str]) -> None:
    published_study(prompts=1)
    shown = ComparisonImage.objects.all()[0]
    for file in (shown.file, shown.source.file):
        default_storage.delete(str(file))
    told = said(capsys, make_again=True)
    assert f"its source, “{shown.source}”, has to be made first" in told


@pytest.mark.django_db(transaction=True)
def test_a_backup_brings_back_the_very_same_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    published_study(prompts=1)
    files = [image().file, ComparisonImage.objects.all()[0].file, ExampleFactory.create().file]
    before = [Path(file.path).read_bytes() for file in files]
    folder = BackupFolder(tmp_path / "backup")
    back_up(folder)
    for file in files:
        flip(file)
    assert said(capsys, backup=folder.path).count("put back") == 3
    assert [Path(file.path).read_bytes() for file in files] == before
    assert "Missing or damaged" not in said(capsys)
