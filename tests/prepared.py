"""Studies that many tests begin with: the site's own code makes each kind once, and its rows and files are written again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from evalsite.storage import FOLDER
from studies.models import Study
from studies.models.study import new_token

APPS_LEFT_OUT = {"auth", "admin", "contenttypes", "sessions"}  # whose rows are those of migrations, or of who is logged in
TABLES_LEFT_OUT = {"generation_standardnegatives"}  # which a migration fills
PLAIN = (str, int, float, bool, type(None))

Options = ParamSpec("Options")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Made:
    """A study's key, all rows by table, and all files by where they are in the folder of images."""

    key: int
    rows: dict[str, Rows]
    files: dict[Path, bytes]


def prepared(make: Callable[Options, Study]) -> Callable[Options, Study]:
    """Make a study of each kind once in this process, and write the same rows and files where it is asked for again.

    That holds where there are no rows yet, and for plain arguments; else the study is made. Keys and the seed are then
    those of the first one.
    """
    kinds: dict[tuple[str, ...], Made] = {}

    @wraps(make)
    def prepared_study(*nothing: Options.args, **fields: Options.kwargs) -> Study:
        if not _can_be_prepared(fields):
            return make(*nothing, **fields)
        kind = tuple(f"{name}={value!r}" for name, value in sorted(fields.items()))
        if kind in kinds:
            return _written(kinds[kind])
        before = set(_files())
        study = make(*nothing, **fields)
        kinds[kind] = Made(study.pk, _rows(), {path: (_folder() / path).read_bytes() for path in set(_files()) - before})
        return study

    return prepared_study


def _can_be_prepared(fields: dict[str, Any]) -> bool:
    at_home = connection.vendor == "sqlite" and settings.STORAGES["default"] == FOLDER
    return at_home and all(map(_is_plain, fields.values())) and not _filled()


def _is_plain(value: object) -> bool:
    return all(map(_is_plain, value)) if isinstance(value, tuple) else isinstance(value, PLAIN)


def _tables() -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in APPS_LEFT_OUT and model._meta.db_table not in TABLES_LEFT_OUT:
            yield model._meta.db_table


def _filled() -> list[str]:
    """The tables that have rows."""
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in _tables())  # noqa: S608
    return [table for (table,) in _select(asked)]


def _rows() -> dict[str, Rows]:
    return {table: _select(f'SELECT * FROM "{table}"') for table in _filled()}  # noqa: S608


def _select(query: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _written(made: Made) -> Study:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in made.rows.items():
            values = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f'INSERT INTO "{table}" VALUES ({values})', rows)  # noqa: S608
    for path, content in made.files.items():
        place = _folder() / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    # The site keeps the designs of published studies in memory, by key and token: this one is another study.
    Study.objects.filter(pk=made.key).update(token=new_token())
    return Study.objects.get(pk=made.key)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT)


def _files() -> Iterator[Path]:
    return (path.relative_to(_folder()) for path in _folder().rglob("*") if path.is_file())
