"""SQLite's database as one file: copied by its online backup, while others write, and put back in the same way."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from evalsite.backup.snapshot import Snapshot

COPY = "database.sqlite3"


def server() -> str:
    """What runs the site's database, with its version."""
    return f"SQLite {sqlite3.sqlite_version}"


@contextmanager
def snapshot(folder: Path) -> Iterator[Snapshot]:
    """A copy in the folder, in one read transaction; writers are not kept waiting, since they write to the log (WAL)."""
    path = folder / COPY
    connection.ensure_connection()
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # so that the copy is this one file, without a log beside it

        def select(query: str) -> Iterator[tuple[Any, ...]]:
            yield from copy.execute(query)

        named = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        yield Snapshot(path, [name for (name,) in named], select)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def restore(copy: Path) -> None:
    """Put a copy in the place of all that the site's database holds, in one transaction."""
    connection.ensure_connection()
    with closing(sqlite3.connect(f"file:{copy.resolve()}?mode=ro&immutable=1", uri=True)) as source:
        source.backup(connection.connection)
    connection.close()  # what it remembers of the tables that were there
