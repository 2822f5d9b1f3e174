"""What a backup holds, what it leaves alone, and what is left of one that did not end."""

import fcntl
import os
import re
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from analysis.web.models import StudyResults
from evalsite.backup import postgresql, taking
from evalsite.backup.errors import ToolFailed
from evalsite.backup.folder import BackupFolder
from evalsite.backup.manifest import read_manifest
from evalsite.database import postgresql as database_at
from tests.evalsite.backup.backups import back_up, image, listed, objects
from tests.factories_studies import StudyFactory, published_study

pytestmark = pytest.mark.django_db(transaction=True)  # the copy is made of what is committed

DUMP = """#!/bin/sh
echo "$@" > {folder}/arguments
echo "$PGPASSWORD" > {folder}/password
exit {status}
"""


def test_a_second_backup_copies_what_is_new(folder: BackupFolder, capsys: pytest.CaptureFixture[str]) -> None:
    published_study(prompts=1)
    earlier = listed(back_up(folder))
    for name in earlier:
        default_storage.delete(name.removeprefix("images/"))  # so that reading any of them again would fail
    new = image()
    later = listed(back_up(folder))
    assert later == {**earlier, f"images/{new.file.name}": new.sha256}
    assert objects(folder) == set(later.values())
    assert "The secret key is not in it" in capsys.readouterr().out


def test_the_manifest_counts_rows_and_files_and_has_no_secret(folder: BackupFolder) -> None:
    image()
    generation = back_up(folder)
    manifest = read_manifest(generation)
    assert (manifest.files, manifest.rows["generation_image"], manifest.engine) == (1, 1, "sqlite")
    assert manifest.bytes == folder.object(next(iter(listed(generation).values()))).stat().st_size
    assert {path.name for path in generation.iterdir()} == {"database.sqlite3", "files.tsv", "manifest.json"}


def test_missing_and_damaged_files_are_named_and_all_else_is_backed_up(folder: BackupFolder) -> None:
    missing, damaged, whole = image(), image(), image()
    default_storage.delete(str(missing.file))
    Path(damaged.file.path).write_bytes(b"half a fi")
    with pytest.raises(CommandError, match=re.escape(str(missing.file))) as raised:
        back_up(folder)
    assert f"{damaged.file.name}: it is damaged" in str(raised.value)
    assert list(listed(folder.generations()[-1])) == [f"images/{whole.file.name}"]


def test_a_file_that_is_damaged_later_stays_whole_in_the_backup(folder: BackupFolder) -> None:
    kept = image()
    back_up(folder)
    Path(kept.file.path).write_bytes(b"half a fi")
    assert listed(back_up(folder)) == {f"images/{kept.file.name}": kept.sha256}


def test_a_backup_that_was_killed_is_none_and_is_cleared_away(folder: BackupFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    image()
    with monkeypatch.context() as patched:
        patched.setattr(taking, "write_listing", killed)
        with pytest.raises(KeyboardInterrupt):
            back_up(folder)
    assert folder.generations() == []
    assert [path.name for path in (folder.path / "generations").iterdir()] != []
    whole = back_up(folder)
    assert list((folder.path / "generations").iterdir()) == [whole]


def test_two_backups_to_one_folder_do_not_meet(folder: BackupFolder) -> None:
    folder.path.mkdir()
    with (folder.path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match=r"Another backup to .* is under way"):
            back_up(folder)


def test_older_generations_go_with_what_they_alone_name(folder: BackupFolder) -> None:
    gone, stays = image(), image()
    first = back_up(folder)
    gone.delete()
    second = back_up(folder, keep=2)
    assert folder.generations() == [first, second]
    third = back_up(folder, keep=1)
    assert folder.generations() == [third]
    assert objects(folder) == {stays.sha256}


def results() -> StudyResults:
    """Results of two files."""
    made = StudyResults(study=StudyFactory.create(), rehearsal=False, state="done", digest="d" * 64, asked_at=timezone.now())
    made.save()
    (made.folder / "figures").mkdir(parents=True)
    (made.folder / "figures" / "shares.svg").write_text("<svg/>")
    (made.folder / "report.html").write_text("<p>")
    return made


def test_results_that_are_replaced_meanwhile_are_left_out_as_a_whole(
    folder: BackupFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = results()
    assert len(listed(back_up(folder))) == 2
    put = BackupFolder.put

    def replaced(folder: BackupFolder, chunks: Iterable[bytes]) -> tuple[str, int]:
        StudyResults.objects.filter(pk=made.pk).delete()  # as whoever computes new ones does, before the files go
        (made.folder / "report.html").unlink(missing_ok=True)
        return put(folder, chunks)

    monkeypatch.setattr(BackupFolder, "put", replaced)
    assert listed(back_up(folder)) == {}


@pytest.mark.parametrize("status", [0, 1])
def test_the_password_is_in_the_environment_of_pg_dump_and_not_on_its_command_line(
    status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = tmp_path / "pg_dump"
    dump.write_text(DUMP.format(folder=tmp_path, status=status))
    dump.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    told = database_at("EVALSITE_DATABASE", "postgresql://ann:secret@db.example.org:6432/votes?sslmode=require")
    monkeypatch.setattr(postgresql, "connection", SimpleNamespace(settings_dict=told))
    if status:
        with pytest.raises(ToolFailed, match="pg_dump failed"):
            postgresql._run("pg_dump")
    else:
        postgresql._run("pg_dump")
    arguments = (tmp_path / "arguments").read_text()
    assert "secret" not in arguments
    assert {"host=db.example.org", "port=6432", "sslmode=require", "dbname=votes"} <= set(
        arguments.replace("--dbname=", "").split()
    )
    assert (tmp_path / "password").read_text() == "secret\n"


def test_at_least_one_generation_is_kept(folder: BackupFolder) -> None:
    with pytest.raises(CommandError, match="at least 1"):
        call_command("backup", str(folder.path), keep=0)
    assert folder.generations() == []
