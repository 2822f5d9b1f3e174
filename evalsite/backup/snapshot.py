"""A copy of a database as it is at one moment, and its rows as they are at that moment."""

from dataclasses import dataclass
from pathlib import Path

from evalsite.stored.named import Select


@dataclass(frozen=True)
class Snapshot:
    """copy: the file with the database. tables: their names. select: the rows of a query, read while the snapshot is open."""

    copy: Path
    tables: list[str]
    select: Select

    def count(self, table: str) -> int:
        """How many rows a table of it has."""
        return int(next(self.select(f'SELECT COUNT(*) FROM "{table}"'))[0])  # noqa: S608 (a table that the database named)
