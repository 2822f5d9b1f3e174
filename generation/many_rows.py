"""Statements that write many rows at once: a few numbers for each instead of an object; the same ones for both databases.

What is written into their text is names of our own tables and whole numbers.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeVar

from django.db import connection, models

from generation.models import Image, Run

ROWS_PER_STATEMENT = 5000
T = TypeVar("T")


def insert_images(run: Run, state: Image.State, rows: Iterable[tuple[int, int, int, int | None]]) -> int:
    """Add images, each a prompt, a seed, a condition and a batch, if it has one; the number of those that were not there."""
    own = ("prompt_id", "seed", "condition_id", "batch_id")
    rest = _defaults(Image, run=run.pk, state=state, without=own)
    columns = ", ".join(map(connection.ops.quote_name, (*own, *rest)))
    values = ", ".join(["%s"] * len(rest))
    statement = (  # begins with INSERT, or Python's sqlite3 counts no rows
        f"INSERT INTO {Image._meta.db_table} ({columns}) WITH new (prompt, seed, condition, batch) AS (VALUES {{}}) "  # noqa: S608
        f"SELECT prompt, seed, condition, CAST(batch AS bigint), {values} FROM new WHERE true ON CONFLICT DO NOTHING"
    )
    return _execute(statement, rows, list(rest.values()))


def put_into_batches(model: type[models.Model], rows: Iterable[tuple[int, int]]) -> None:
    """Give rows of a model their batches: primary keys of both."""
    table = connection.ops.quote_name(model._meta.db_table)
    changes = f"UPDATE {table} SET batch_id = cut.batch FROM cut WHERE {table}.id = cut.pk"  # noqa: S608
    _execute(f"WITH cut (pk, batch) AS (VALUES {{}}) {changes}", rows, [])


def queue_with_negatives(rows: Iterable[tuple[int, list[dict[str, Any]]]]) -> None:
    """Queue images, by primary key, with what their sources gave."""
    for lot in in_lots(rows, ROWS_PER_STATEMENT):
        values = ", ".join(f"({int(pk)}, %s)" for pk, _ in lot)
        cast = Image._meta.get_field("negatives").cast_db_type(connection)
        statement = (
            f"WITH given (pk, negatives) AS (VALUES {values}) "  # noqa: S608
            f"UPDATE {Image._meta.db_table} SET state = %s, negatives = CAST(given.negatives AS {cast}) "
            f"FROM given WHERE {Image._meta.db_table}.id = given.pk"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [*(json.dumps(negatives) for _, negatives in lot), Image.State.QUEUED])


def count_rows_for_planner(*tables: type[models.Model]) -> None:
    """Tell PostgreSQL how many rows there are: until its autovacuum has looked, it takes them for few, and reads them all."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(connection.ops.quote_name(each._meta.db_table) for each in tables)}")


def in_lots(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows, at most size at a time."""
    lot: list[T] = []
    for row in rows:
        lot.append(row)
        if len(lot) == size:
            yield lot
            lot = []
    if lot:
        yield lot


def _defaults(model: type[models.Model], without: Collection[str], **own: Any) -> dict[str, Any]:
    """What a new row has in the columns that are not named, as the database takes it."""
    fields = {str(field.column): field for field in model._meta.concrete_fields if not field.primary_key}
    return {
        column: field.get_db_prep_save(own.get(field.name, field.get_default()), connection)
        for column, field in fields.items()
        if column not in without
    }


def _execute(statement: str, rows: Iterable[tuple[int | None, ...]], parameters: list[Any]) -> int:
    """The statement with these rows at its {}, some at a time; how many it wrote."""
    written = 0
    with connection.cursor() as cursor:
        for lot in in_lots(rows, ROWS_PER_STATEMENT):
            values = ", ".join(f"({', '.join('NULL' if one is None else str(int(one)) for one in row)})" for row in lot)
            cursor.execute(statement.format(values), parameters or None)
            written += cursor.rowcount
    return written
