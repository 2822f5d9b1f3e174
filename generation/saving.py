"""Saving what was made while the next batch is drawn: encoding and storing are the processor's work, drawing the device's."""

import logging
import threading
from collections.abc import Callable
from concurrent import futures
from contextlib import suppress
from contextvars import copy_context

from django import db
from django.conf import settings

from generation.connections import reopen_broken
from generation.lease import Lease, LeaseLost
from generation.storage import StorageUnavailable

# A storage that is full or out of reach, and a database that restarts: what was made need not be made again for these.
PASSING = (StorageUnavailable, db.OperationalError, db.InterfaceError)
logger = logging.getLogger(__name__)


class Saver:
    """One thread that saves batches, one after the other. No more than one waits: memory holds two batches of images."""

    def __init__(self) -> None:
        self._thread = futures.ThreadPoolExecutor(1, "saving")
        self._last: futures.Future[None] | None = None
        self._stopping = threading.Event()

    def hand_over(self, lease: Lease, save: Callable[[], None]) -> None:
        """Let the thread save, once it has saved what it was given before; the lease is kept until then.

        Raises what prevented that, after this is handed over.
        """
        before, self._last = self._last, None
        if before is not None and not before.done():
            with suppress(LeaseLost), lease.kept():  # who saves it finds out that it was lost
                futures.wait([before])
        # What the thread logs is about the same batch.
        self._last = self._thread.submit(copy_context().run, _with_connection, save)
        if before is not None:
            before.result()

    def wait(self) -> None:
        """Return when all is saved that was handed over. Raises what prevented it."""
        last, self._last = self._last, None
        if last is not None:
            last.result()

    def insist(self, lease: Lease, save: Callable[[], None]) -> None:
        """Save, and again as long as what prevents it is of those that pass: a worker draws no more meanwhile than it can save.

        Raises what prevents it, unless it passes while this worker runs.
        """
        while True:
            try:
                return save()
            except PASSING as error:
                if self._stopping.is_set():
                    raise
                logger.warning("%s cannot be saved now, and is tried again: %s", lease.batch, error)
            reopen_broken()
            self._stopping.wait(settings.BATCH_LEASE_SECONDS / 20)

    def give_up(self) -> None:
        """Let nobody insist any more: the worker is to stop."""
        self._stopping.set()


def _with_connection(save: Callable[[], None]) -> None:
    """As around a request: a connection that broke, or is too old, is opened again."""
    db.close_old_connections()
    try:
        save()
    finally:
        db.close_old_connections()
