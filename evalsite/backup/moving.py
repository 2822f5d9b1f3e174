"""Moving a site's rows from a copy of SQLite's into an empty database of PostgreSQL, as a site does that grows.

Tables are made by this site's migrations on both sides, so that they have the same columns. PostgreSQL reads every value as
text and makes of it what the column's type says; foreign keys are checked at the end of the one transaction.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.models import Model

from evalsite.backup.errors import NotTheSame
from evalsite.backup.postgresql import drop_tables
from evalsite.database import sqlite

ALIAS = "copy"


def move(copy: Path) -> None:
    """Put the rows of a copy of SQLite's into the site's tables. Raises NotTheSame; then nothing is in them."""
    drop_tables()
    call_command("migrate", interactive=False, verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / copy.name
        shutil.copyfile(copy, path)
        _migrate(path)
        with closing(sqlite3.connect(path)) as rows, transaction.atomic():
            _empty()
            for model in _models():
                _copy(model, rows)
            _set_sequences()


def _migrate(path: Path) -> None:
    """Bring the copy to this site's version."""
    with _named(path):
        call_command("migrate", database=ALIAS, interactive=False, verbosity=0)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    connections.databases[ALIAS] = connections.configure_settings({"default": {}, ALIAS: sqlite(path)})[ALIAS]
    try:
        yield
    finally:
        connections[ALIAS].close()
        del connections[ALIAS], connections.databases[ALIAS]


def _models() -> list[type[Model]]:
    """Of every table that holds rows of the site: those of relations, too."""
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy]


def _empty() -> None:
    """Delete what `migrate` has put into the tables: content types, permissions, groups."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(quote(model._meta.db_table) for model in _models())}")


def _copy(model: type[Model], rows: sqlite3.Connection) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in model._meta.local_concrete_fields)
    table, copied = quote(model._meta.db_table), 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as into:
        for row in rows.execute(f"SELECT {columns} FROM {table}"):  # noqa: S608 (names of our own models)
            into.write_row([None if value is None else str(value) for value in row])
            copied += 1
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608
        if (found := cursor.fetchone()[0]) != copied:
            raise NotTheSame(f"{model._meta.db_table} has {found} rows instead of {copied}.")


def _set_sequences() -> None:
    """Let new rows have keys of their own."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
