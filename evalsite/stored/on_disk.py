"""A table of texts that may be too many for memory, in a temporary file of SQLite."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager


class OnDisk:
    """Values by name; the value of a name that is put twice is the last."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, items: Iterable[tuple[str, str]]) -> None:
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO items VALUES (?, ?)", items)

    def get(self, name: str) -> str | None:
        found = self._connection.execute("SELECT value FROM items WHERE name = ?", [name]).fetchone()
        return found[0] if found else None

    def __len__(self) -> int:
        return int(self._connection.execute("SELECT COUNT(*) FROM items").fetchone()[0])

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None


@contextmanager
def on_disk() -> Iterator[OnDisk]:
    """An empty table, whose file is deleted after the block."""
    with closing(sqlite3.connect("")) as connection:  # without a name: a temporary file
        connection.execute("CREATE TABLE items (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
        yield OnDisk(connection)
