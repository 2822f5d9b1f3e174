"""Restoring a backup into an empty site: files first, rows last, so that a restore that was killed can be done again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from evalsite.backup.engines import engine
from evalsite.backup.errors import NotEmpty, NotTheSame, OtherEngine
from evalsite.backup.folder import BackupFolder
from evalsite.backup.manifest import IMAGES, RESULTS, Entry, Manifest, read_listing, read_manifest
from evalsite.backup.moving import move
from evalsite.backup.verifying import verify
from evalsite.backup.version import known_migrations, refuse_newer
from evalsite.stored.checking import check_files
from evalsite.stored.named import named_files, select, tables
from evalsite.stored.side_by_side import side_by_side
from generation.storage import store

# What `migrate` and the beat fill in a site that nobody has used yet.
FILLED_UNUSED = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
    "generation_standardnegatives",
    "health_taskmark",
}
MOST_TOLD = 10


@dataclass(frozen=True)
class Restored:
    """What was restored, once it was read again and compared. faults: files that are not what rows say of them."""

    generation: Path
    rows: int
    tables: int
    files: int
    faults: list[str]
    migrated: bool


def restore(folder: BackupFolder, name: str) -> Restored:
    """Restore a generation; the newest if the name is empty. Raises BackupError.

    Nothing is written before the whole backup was verified, and rows come last: a restore that fails leaves an empty site.
    """
    generation = folder.generation(name)
    manifest = read_manifest(generation)
    refuse_newer(manifest.migrations)
    _refuse_engine(manifest)
    _refuse_rows()
    verify(folder, generation, manifest)
    _put_files(folder, generation)
    is_older = known_migrations() > set(manifest.migrations)
    if connection.vendor == manifest.engine:
        engine().restore(generation / manifest.database.name)
        _compare_rows(manifest)
        if is_older:
            call_command("migrate", interactive=False, verbosity=0)
    else:
        move(generation / manifest.database.name)
    files, faults = _checked_files()
    return Restored(generation, sum(manifest.rows.values()), len(manifest.rows), files, faults, migrated=is_older)


def _checked_files() -> tuple[int, list[str]]:
    """Read every file again that a row names; how many there are, and what is wrong with which."""
    files, faults = 0, []
    for checked in check_files(named_files(select, tables())):
        files += 1
        if checked.fault:
            faults.append(str(checked))
    return files, faults


def _refuse_engine(manifest: Manifest) -> None:
    """SQLite's rows can go to PostgreSQL, as a site does that grows; the way back is not built."""
    if (manifest.engine, connection.vendor) == ("postgresql", "sqlite"):
        raise OtherEngine(
            "This is a backup of PostgreSQL, and this site has SQLite. Set EVALSITE_DATABASE to an empty database of a "
            "PostgreSQL server; to move on to SQLite from there, use `manage.py dumpdata` and `loaddata`."
        )


def _refuse_rows() -> None:
    there = [table for table in tables() if table not in FILLED_UNUSED and _has_rows(table)]
    if there:
        raise NotEmpty(
            f"This site has rows already ({', '.join(there[:5])}), and a restore would replace them. Restore into an empty "
            "one: set EVALSITE_DATA to a new folder, or EVALSITE_DATABASE to a new database, and what is there stays as it is."
        )


def _has_rows(table: str) -> bool:
    query = f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1"  # noqa: S608 (a table that the database named)
    return any(select(query))


def _put_files(folder: BackupFolder, generation: Path) -> None:
    def put(entry: Entry) -> None:
        content = folder.object(entry.sha256).read_bytes()
        if entry.path.startswith(IMAGES):
            store().put(entry.path.removeprefix(IMAGES), content)
        else:
            _put_result(entry.path.removeprefix(RESULTS), content)

    for _ in side_by_side(put, read_listing(generation)):
        pass


def _put_result(name: str, content: bytes) -> None:
    path = Path(settings.RESULTS_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _compare_rows(manifest: Manifest) -> None:
    """Raise NotTheSame unless every table has as many rows as it had."""
    counts = dict(_counts(manifest))
    if wrong := [
        f"{table}: {counts[table]} instead of {rows}" for table, rows in manifest.rows.items() if counts[table] != rows
    ]:
        raise NotTheSame(f"Tables have another number of rows than in the backup: {', '.join(wrong[:MOST_TOLD])}.")


def _counts(manifest: Manifest) -> Iterator[tuple[str, int]]:
    for table in manifest.rows:
        query = f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}"  # noqa: S608 (a table that the manifest names)
        yield table, int(next(select(query))[0])
