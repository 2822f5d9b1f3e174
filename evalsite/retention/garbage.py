"""Files in the storage that no row names: what workers that were killed, and publishing that failed, have left there.

A file is stored before its row is committed, so for a while every good file looks like garbage. Two things keep it from being
taken for that:

- Only files older than AGE go. Between a file and its row lie the minutes of a batch, and at publishing the time that all of a
  study's images take: a million of them may take a quarter of a second each. A file that is stored again, under the same name,
  is new again.
- Each file's age, and that no row names it, is looked at once more right before it is deleted.

If more would go than rows name, nothing does: then this is hardly garbage, but a database that is not the storage's.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField

from evalsite.stored.named import named_files, select, tables
from evalsite.stored.on_disk import OnDisk, on_disk
from generation.storage import Listed, store

AGE = timedelta(days=3)
AT_ONCE = 500
FEW = 1000  # so many may go however few files rows name


class TooMuch(Exception):
    """So many files have no row that the database may be the wrong one; nothing was deleted."""


@dataclass(frozen=True)
class Garbage:
    """How much of it there is; size: in bytes."""

    files: int
    size: int


def find_garbage(now: datetime) -> Garbage:
    """How much would be deleted."""
    files = size = 0
    with on_disk() as named:
        _note_named(named)
        for listed in _garbage(named, now):
            files, size = files + 1, size + listed.size
    return Garbage(files, size)


def delete_garbage(now: datetime) -> Garbage:
    """Delete it; how much. Raises TooMuch before anything is deleted."""
    files = size = 0
    with on_disk() as named:
        number = _note_named(named)
        _refuse_too_much(number, _garbage(named, now))
        going = _garbage(named, now)
        while some := list(islice(going, AT_ONCE)):
            for listed in _still_garbage(some, now):
                default_storage.delete(listed.name)
                files, size = files + 1, size + listed.size
    return Garbage(files, size)


def _note_named(named: OnDisk) -> int:
    """Keep the names that rows have; how many. Before files are listed: one whose row comes in between is too young to go."""
    named.put((one.name, "") for one in named_files(select, tables()))
    return len(named)


def _garbage(named: OnDisk, now: datetime) -> Iterator[Listed]:
    return (listed for listed in store().listed() if listed.modified < now - AGE and listed.name not in named)


def _refuse_too_much(number: int, going: Iterable[Listed]) -> None:
    if next(islice(going, max(number, FEW), None), None):
        raise TooMuch(
            f"Of the old files in the storage more have no row than the {number} that have one, so nothing was deleted. See "
            "that EVALSITE_DATABASE and EVALSITE_STORAGE belong together; if they do, delete by hand what is not wanted."
        )


def _still_garbage(some: Sequence[Listed], now: datetime) -> Iterator[Listed]:
    """Those that no row names now, either, and that were not stored again meanwhile."""
    named = _named_now([listed.name for listed in some])
    for listed in some:
        if listed.name not in named:
            with suppress(FileNotFoundError):  # another `tidy` was faster
                if default_storage.get_modified_time(listed.name) < now - AGE:
                    yield listed


def _named_now(names: Sequence[str]) -> set[str]:
    fields = (
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, FileField)
    )
    found: set[str] = set()
    for model, field in fields:
        found.update(model._base_manager.filter(**{f"{field}__in": names}).values_list(field, flat=True))
    return found
