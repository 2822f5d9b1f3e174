"""PostgreSQL's database, by its own pg_dump and pg_restore."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg.conninfo
from django.db import connection, transaction

from evalsite.backup.errors import ToolFailed
from evalsite.backup.snapshot import Snapshot

COPY = "database.dump"


def server() -> str:
    """What runs the site's database, with its version."""
    connection.ensure_connection()
    return f"PostgreSQL {connection.connection.info.parameter_status('server_version')}"


@contextmanager
def snapshot(folder: Path) -> Iterator[Snapshot]:
    """A copy in the folder: pg_dump reads the very snapshot that the rows are queried in. Raises ToolFailed."""
    path = folder / COPY
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (moment,) = cursor.fetchone()
            tables = connection.introspection.table_names(cursor)
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={path}")

        def select(query: str) -> Iterator[tuple[Any, ...]]:
            with connection.chunked_cursor() as cursor:
                cursor.execute(query)
                yield from cursor

        yield Snapshot(path, tables, select)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def restore(copy: Path) -> None:
    """Put a copy in the place of the site's tables, in one transaction. Raises ToolFailed; then the database has no tables."""
    drop_tables()
    _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(copy))


def drop_tables() -> None:
    """Drop what `migrate` made of a site without rows: its version may be another than the backup's."""
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        if tables := connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {', '.join(map(quote, tables))} CASCADE")


def _run(tool: str, *options: str) -> None:
    """Run one of PostgreSQL's tools on the site's database; the password is in its environment, for others not to see."""
    told = connection.settings_dict
    given = {"dbname": told["NAME"], "user": told["USER"], "host": told["HOST"], "port": told["PORT"], **told["OPTIONS"]}
    password = given.pop("password", "") or told["PASSWORD"]
    address = psycopg.conninfo.make_conninfo(**{name: value for name, value in given.items() if value})
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    command = [tool, "--no-password", f"--dbname={address}", *options]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise ToolFailed(f"{tool} is not installed here: install PostgreSQL's client (Debian: postgresql-client).") from None
    if done.returncode:
        raise ToolFailed(f"{tool} failed, and must be of the server's version or newer: {done.stderr.strip()[-1000:]}")
