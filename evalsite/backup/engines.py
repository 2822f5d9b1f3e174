"""The engines whose databases can be copied and put back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from evalsite.backup import postgresql, sqlite
from evalsite.backup.snapshot import Snapshot


@dataclass(frozen=True)
class Engine:
    """How a database is copied into a folder, with its rows to be queried meanwhile; put back; and what runs it."""

    snapshot: Callable[[Path], AbstractContextManager[Snapshot]]
    restore: Callable[[Path], None]
    server: Callable[[], str]


ENGINES = {
    "sqlite": Engine(sqlite.snapshot, sqlite.restore, sqlite.server),
    "postgresql": Engine(postgresql.snapshot, postgresql.restore, postgresql.server),
}


def engine() -> Engine:
    """That of the site's database."""
    return ENGINES[connection.vendor]
