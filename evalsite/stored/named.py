"""Which files rows name, of every model that has a file, streamed: a site has millions."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import FileField

CHECKSUM = "sha256"  # the field of a model that keeps its file's

Select = Callable[[str], Iterator[tuple[Any, ...]]]  # the rows of a query


@dataclass(frozen=True)
class FileColumn:
    """A column of a table that names files. kind: of its rows, as people read it. has_checksum: whether rows keep one."""

    kind: str
    table: str
    column: str
    has_checksum: bool

    def query(self) -> str:
        """SQL of the names with their checksums, each name once; the checksum is empty where rows keep none."""
        quote = connection.ops.quote_name
        name, table = quote(self.column), quote(self.table)
        checksum = quote(CHECKSUM) if self.has_checksum else "''"
        return f"SELECT DISTINCT {name}, {checksum} FROM {table} WHERE {name} <> ''"  # noqa: S608 (names of our own models)


@dataclass(frozen=True)
class Named:
    """A file that a row names. sha256: as the row says; empty where it does not say."""

    name: str
    sha256: str
    kind: str


def file_columns() -> list[FileColumn]:
    """Every column of the site that names files."""
    return [
        FileColumn(
            str(model._meta.verbose_name),
            model._meta.db_table,
            str(field.column),
            has_checksum=any(other.name == CHECKSUM for other in model._meta.local_concrete_fields),
        )
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, FileField)
    ]


def named_files(select: Select, tables: Collection[str]) -> Iterator[Named]:
    """The files that rows of these tables name; one that two tables name comes twice."""
    for column in file_columns():
        if column.table in tables:
            for name, sha256 in select(column.query()):
                yield Named(name, sha256, column.kind)


def select(query: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query on the site's database, a few at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        yield from cursor


def tables() -> list[str]:
    """The tables of the site's database."""
    return connection.introspection.table_names()
