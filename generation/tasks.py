"""What workers do: look at a batch that a message names, take it if it is free, make what is in it, and let its run advance.

The rows are the queue. A message only means "look", so that a lost, late or repeated one does no harm.
"""

import logging
import os
import socket
import time
import uuid
from collections.abc import Iterable, Sequence

from celery import shared_task
from django import db
from django.conf import settings
from django.utils import timezone

from generation import phases
from generation.models import Batch, Caption, Image, NegativeText, Run
from generation.storing import Failed, LeaseLost, Made, Told, finish, said

MOST_CLAIMS = 3
MOST_SWEPT = 16
logger = logging.getLogger(__name__)


def call(batches: Iterable[Batch]) -> int:
    """Send the workers a message for each of these batches; the number of messages."""
    called = [batch.pk for batch in batches]
    for pk in called:
        make_batch.delay(pk)
    Batch.objects.filter(pk__in=called).update(called_at=timezone.now())
    return len(called)


@shared_task
def sweep() -> None:
    """Let runs advance, and call again for batches that a dead worker held, or whose message was lost.

    A few batches at a time: in a long run most batches only wait their turn, and their messages with them.
    """
    advance()
    now = timezone.now()
    room = max(0, MOST_SWEPT - Batch.objects.heard(now).count())
    call(Batch.objects.unheard(now)[:room])


@shared_task
def make_batch(pk: int) -> None:
    """Make what is queued in a batch, unless somebody does, or has."""
    from generation.making import make  # loads torch, as no web process may; before the claim, because it takes its time

    batch = Batch.objects.filter(pk=pk).first()
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    if batch is None or not batch.claim(holder, timezone.now()):
        return
    try:
        rows = batch.queued_rows()
        outcomes = _given_up(batch, rows) or make(rows, Lease(batch, holder).keep)
        _save(batch, holder, outcomes)
    except LeaseLost as loss:
        logger.warning("%s", loss)
    finally:
        batch.release(holder)
    advance()


def advance() -> None:
    """Queue what became ready for runs whose images wait for their negatives, and call the workers."""
    for run in Run.objects.waiting():
        call(phases.advance(run))


def _save(batch: Batch, holder: str, outcomes: Sequence[Made | Told | Failed]) -> None:
    """Save the outcomes; what prevents it becomes the reason of the rows, which would be made in vain for ever otherwise.

    Raises LeaseLost, and OperationalError: a database that does not answer takes no reasons either; the batch is called again.
    """
    try:
        finish(batch, holder, outcomes)
    except (LeaseLost, db.OperationalError):
        raise
    except Exception as error:
        logger.exception("Could not save what was made of %s", batch)
        finish(batch, holder, [Failed(row, said(error)) for row in batch.queued_rows()])


def _given_up(batch: Batch, rows: Iterable[Image] | Iterable[Caption] | Iterable[NegativeText]) -> list[Failed]:
    """The rows as failed if this batch has stopped too many workers already, or nothing."""
    batch.refresh_from_db()
    if batch.claims <= MOST_CLAIMS:
        return []
    reason = f"{MOST_CLAIMS} workers stopped while they were at this batch; try a smaller batch size in the run."
    return [Failed(row, reason) for row in rows]


class Lease:
    """A claim that is prolonged while its holder works."""

    def __init__(self, batch: Batch, holder: str) -> None:
        self.batch, self.holder = batch, holder
        self.renew_at = time.monotonic()

    def keep(self) -> None:
        """Renew the lease if a third of it has gone by. Raises LeaseLost if another worker has taken the batch over."""
        if time.monotonic() < self.renew_at:
            return
        try:
            held = self.batch.renew(self.holder, timezone.now())
        except db.Error:  # no fault of the images: two thirds of the lease are left to try again in
            logger.warning("Could not renew the lease of %s; the next step tries again", self.batch, exc_info=True)
            return
        if not held:
            raise LeaseLost(f"{self.batch} was taken over by another worker.")
        self.renew_at = time.monotonic() + settings.BATCH_LEASE_SECONDS / 3
