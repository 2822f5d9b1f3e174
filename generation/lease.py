"""A claim on a batch that is prolonged while its holder works."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django import db
from django.conf import settings
from django.utils import timezone

from generation.connections import reopen_broken
from generation.models import Batch

LONGEST_LOADING_SECONDS = 60 * 60  # a holder that loads for longer hangs
logger = logging.getLogger(__name__)


class LeaseLost(RuntimeError):
    """Another worker has taken the batch over; what this one made must not be saved."""


class Lease:
    """What a holder has of a batch, for so long and no longer unless it is renewed."""

    def __init__(self, batch: Batch, holder: str) -> None:
        self.batch, self.holder = batch, holder
        self._renew_at = time.monotonic()

    def keep(self) -> None:
        """Renew the lease if a third of it has gone by. Raises LeaseLost if another worker has taken the batch over."""
        if time.monotonic() < self._renew_at:
            return
        try:
            held = self.batch.renew(self.holder, timezone.now())
        except db.Error:  # no fault of the images: two thirds of the lease are left to try again in
            logger.warning("Could not renew the lease of %s; the next step tries again", self.batch, exc_info=True)
            reopen_broken()
            return
        if not held:
            raise LeaseLost(f"{self.batch} was taken over by another worker.")
        self._renew_at = time.monotonic() + settings.BATCH_LEASE_SECONDS / 3

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the lease by a thread during a block that has no steps: a checkpoint takes minutes to load.

        Raises LeaseLost after the block if another worker has taken the batch over.
        """
        done, lost = threading.Event(), list[LeaseLost]()
        keeper = threading.Thread(target=self._keep_until, args=(done, lost), name="keeper", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()
            keeper.join()
        if lost:
            raise lost[0]

    def _keep_until(self, done: threading.Event, lost: list[LeaseLost]) -> None:
        gives_up_at = time.monotonic() + LONGEST_LOADING_SECONDS
        try:
            while not done.wait(settings.BATCH_LEASE_SECONDS / 10) and time.monotonic() < gives_up_at:
                self.keep()
        except LeaseLost as loss:
            lost.append(loss)
        finally:
            db.connections.close_all()  # this thread's own
