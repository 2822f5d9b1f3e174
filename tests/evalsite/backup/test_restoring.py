"""What a restore refuses before it writes anything, and what it says then."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from evalsite.backup import restoring
from evalsite.backup.folder import BackupFolder
from evalsite.backup.manifest import MANIFEST
from generation.models import Image
from tests.evalsite.backup.backups import back_up, image

pytestmark = pytest.mark.django_db(transaction=True)  # the copy is made of what is committed


@pytest.fixture
def backup(folder: BackupFolder) -> BackupFolder:
    """A backup of one image, of which the site has nothing any more."""
    made = image()
    back_up(folder)
    default_storage.delete(str(made.file))
    Image.objects.all().delete()
    return folder


def change_manifest(folder: BackupFolder, **changes: Any) -> None:
    path = folder.generations()[-1] / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def refusal(folder: BackupFolder, **options: Any) -> str:
    """What a restore says that does not take place; and that nothing was written."""
    with pytest.raises(CommandError) as raised:
        call_command("restore", str(folder.path), **options)
    assert not Image.objects.exists()
    assert not list(Path(default_storage.path("")).rglob("*.png"))
    return str(raised.value)


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do as if the site had no rows: those that an image needs are there still."""
    monkeypatch.setattr(restoring, "_has_rows", lambda _table: False)


def test_a_site_with_rows_is_left_alone(backup: BackupFolder) -> None:
    said = refusal(backup)
    assert "This site has rows already (generation_checkpoint" in said
    assert "set EVALSITE_DATA to a new folder, or EVALSITE_DATABASE to a new database" in said


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("what", ["object", "no object", "database", "listing"])
def test_a_damaged_backup_is_found_before_anything_is_written(what: str, backup: BackupFolder) -> None:
    generation = backup.generations()[-1]
    named = next(path for path in backup.objects.rglob("*") if path.is_file())
    damaged = {"object": named, "no object": named, "database": generation / "database.sqlite3"}.get(
        what, generation / "files.tsv"
    )
    if what == "no object":
        damaged.unlink()
    else:
        damaged.write_bytes(damaged.read_bytes() + b" ")
    assert f"Nothing was written, because generation {generation.name} is damaged" in refusal(backup)
    assert str(damaged) in refusal(backup, check=True)


@pytest.mark.usefixtures("empty")
def test_a_backup_of_a_newer_version_is_refused(backup: BackupFolder) -> None:
    change_manifest(backup, migrations=[["studies", "0001_initial"], ["studies", "9999_of_next_year"]])
    said = refusal(backup)
    assert "newer version" in said
    assert "studies 9999_of_next_year" in said


@pytest.mark.usefixtures("empty")
def test_rows_of_postgresql_do_not_go_into_sqlite(backup: BackupFolder) -> None:
    change_manifest(backup, engine="postgresql")
    assert "Set EVALSITE_DATABASE to an empty database of a PostgreSQL server" in refusal(backup)


@pytest.mark.parametrize(
    ("changes", "said"), [({"format": 2}, "has format 2"), ({"database": None}, "no manifest.json that can be")]
)
def test_a_manifest_that_cannot_be_read_is_no_backup(changes: dict[str, Any], said: str, backup: BackupFolder) -> None:
    change_manifest(backup, **changes)
    assert said in refusal(backup)


def test_a_generation_is_named_among_those_that_there_are(backup: BackupFolder) -> None:
    (generation,) = backup.generations()
    assert f"no generation yesterday; there are: {generation.name}" in refusal(backup, generation="yesterday")


def test_a_folder_without_a_backup_is_none(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no backup"):
        call_command("restore", str(tmp_path))


def test_a_whole_backup_is_said_to_be_whole(backup: BackupFolder, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("restore", str(backup.path), check=True)
    assert "is whole: its database and 1 files" in capsys.readouterr().out
    assert not Image.objects.exists()


@pytest.mark.usefixtures("folder")
def test_a_site_that_was_only_migrated_is_empty() -> None:
    restoring._refuse_rows()
