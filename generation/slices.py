"""Many rows are written slice by slice, each in a transaction of its own, so that nobody waits for all of them."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, transaction

from generation.models import Run

PAUSE_SECONDS = 0.12  # a writer that waits for an SQLite file looks ten times a second whether it is free
T = TypeVar("T")


@contextmanager
def held(run: Run) -> Iterator[None]:
    """A transaction in which nobody else adds to the run: others find done what this one does."""
    with transaction.atomic():
        Run.objects.select_for_update().get(pk=run.pk)
        yield


def in_turns(slices: Iterable[T]) -> Iterator[T]:
    """The slices, with time between them for others to write.

    SQLite has no line of waiting writers: they look again and again, and would never find its file free.
    """
    for number, each in enumerate(slices):
        if number and connection.vendor == "sqlite":
            time.sleep(PAUSE_SECONDS)
        yield each
