"""Taking a backup: the database first, then the files that its rows name."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import connection

from analysis.web.models import StudyResults
from evalsite.backup.copying import LeftOut, copy_files, copy_results
from evalsite.backup.engines import engine
from evalsite.backup.errors import NotABackup
from evalsite.backup.folder import BackupFolder
from evalsite.backup.manifest import FORMAT, IMAGES, LISTING, Entry, Manifest, part, read_listing, write_listing
from evalsite.backup.snapshot import Snapshot
from evalsite.backup.version import versions
from evalsite.stored.named import Named, named_files
from evalsite.stored.on_disk import OnDisk, on_disk

MIGRATIONS = "django_migrations"
MOST_TROUBLE_KEPT = 1000


@dataclass(frozen=True)
class Rows:
    """What the rows of the copied database say. names: a file of the files that they name, since there may be millions."""

    counts: dict[str, int]
    migrations: list[tuple[str, str]]
    results: list[StudyResults]
    names: IO[str]

    def named(self) -> Iterator[Named]:
        self.names.seek(0)
        for line in self.names:
            sha256, kind, name = line.removesuffix("\n").split("\t", 2)
            yield Named(name, sha256, kind)


def take(folder: BackupFolder, now: datetime) -> tuple[Path, Manifest]:
    """Take a backup; its generation, with its manifest. Raises BackupError, and OSError if a file cannot be read or written."""
    place = folder.place_of(now)
    with folder.locked(), folder.new_generation(place) as unfinished, tempfile.TemporaryFile("w+", encoding="utf-8") as names:
        # The snapshot is left before files are copied, so that no transaction stays open for hours.
        with engine().snapshot(unfinished) as snapshot:
            rows = _read(snapshot, names)
        trouble: list[LeftOut] = []
        files, size = write_listing(unfinished / LISTING, _entries(folder, rows, trouble))
        manifest = Manifest(
            format=FORMAT,
            made_at=now.isoformat(),
            engine=connection.vendor,
            versions=versions(),
            migrations=rows.migrations,
            rows=rows.counts,
            files=files,
            bytes=size,
            database=part(snapshot.copy),
            listing=part(unfinished / LISTING),
            trouble=[str(left_out) for left_out in trouble[:MOST_TROUBLE_KEPT]],
        )
        manifest.write(unfinished)
    return place, manifest


def _read(snapshot: Snapshot, names: IO[str]) -> Rows:
    if MIGRATIONS not in snapshot.tables:
        raise NotABackup("This site has no tables yet, so there is nothing to back up.")
    names.writelines(f"{one.sha256}\t{one.kind}\t{one.name}\n" for one in named_files(snapshot.select, snapshot.tables))
    return Rows(
        counts={table: snapshot.count(table) for table in sorted(snapshot.tables)},
        migrations=sorted((app, name) for app, name in snapshot.select(f"SELECT app, name FROM {MIGRATIONS}")),  # noqa: S608
        results=list(_results(snapshot)),
        names=names,
    )


def _results(snapshot: Snapshot) -> Iterator[StudyResults]:
    table = StudyResults._meta.db_table
    if table in snapshot.tables:
        columns = "id, study_id, rehearsal, digest"
        for pk, study, rehearsal, digest in snapshot.select(f"SELECT {columns} FROM {table} WHERE state = 'done'"):  # noqa: S608
            yield StudyResults(pk=pk, study_id=study, rehearsal=bool(rehearsal), digest=digest)


def _entries(folder: BackupFolder, rows: Rows, trouble: list[LeftOut]) -> Iterator[Entry]:
    """The files that were copied, or were there already; those that could not be are added to the trouble."""
    with _earlier(folder) as earlier:
        wanted = ((named, named.sha256 or earlier.get(IMAGES + named.name) or "") for named in rows.named())
        for copied in copy_files(folder, wanted):
            if isinstance(copied, LeftOut):
                trouble.append(copied)
            else:
                yield copied
    yield from copy_results(folder, rows.results)


@contextmanager
def _earlier(folder: BackupFolder) -> Iterator[OnDisk]:
    """The SHA-256 that the newest backup has under each path of the storage."""
    with on_disk() as earlier:
        for generation in folder.generations()[-1:]:
            entries = (entry for entry in read_listing(generation) if entry.path.startswith(IMAGES))
            earlier.put((entry.path, entry.sha256) for entry in entries)
        yield earlier
