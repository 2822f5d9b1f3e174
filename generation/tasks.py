"""What workers do: look when a message calls them, take a batch that is free, make what is in it, and let its run advance.

The rows are the queue. A message only means "look", so that a lost, late or repeated one does no harm. It names a batch, but a
worker takes another of the same queue while that needs the checkpoint which it has in memory; as many batches are called as
messages are sent, so that each is made by somebody.
"""

import logging
import os
import socket
import uuid
from collections.abc import Iterable, Sequence

from celery import Task, shared_task
from celery.signals import worker_process_shutdown, worker_shutdown, worker_shutting_down
from django.utils import timezone

from generation import log_ids, phases, warm
from generation.lease import Lease, LeaseLost
from generation.models import Batch, Caption, Image, NegativeText, Run
from generation.saving import PASSING, Saver
from generation.storage import StorageUnavailable
from generation.storing import Failed, Made, Told, finish, said

MOST_CLAIMS = 3
MOST_CALLED = 256  # batches that wait with a message: more would only lie with the broker
logger = logging.getLogger(__name__)
saver = Saver()


def call(batches: Iterable[Batch]) -> int:
    """Send the workers a message for each of these batches, as far as there is room; the number of messages.

    The others are called as batches are made, and by the sweep.
    """
    now = timezone.now()
    room = max(0, MOST_CALLED - Batch.objects.heard(now).count())
    called = [batch for batch, _ in zip(batches, range(room), strict=False)]
    for batch in called:
        make_batch.apply_async((batch.pk,), queue=batch.queue)
    Batch.objects.filter(pk__in=[batch.pk for batch in called]).update(called_at=now)
    return len(called)


@shared_task
def sweep() -> None:
    """Let runs advance, and call again for batches that a dead worker held, or whose message was lost."""
    advance()
    call(Batch.objects.unheard(timezone.now())[:MOST_CALLED])


@shared_task(bind=True)
def make_batch(self: Task, pk: int) -> None:  # type: ignore[type-arg]  # Celery's own class takes no parameters at run time
    """Make what is queued in a batch, or in another that needs what is in memory, unless somebody does, or has.

    A worker saves it while it draws the next one; whoever calls this directly finds it saved.
    """
    from generation.making import make  # loads torch, as no web process may; before the claim, because it takes its time

    named = Batch.objects.filter(pk=pk).first()
    lease = None if named is None else _taken(named)
    if lease is None:
        return
    log_ids.note(run=lease.batch.run_id, batch=lease.batch.pk)
    try:
        rows = lease.batch.queued_rows()
        outcomes = _given_up(lease.batch, rows) or (make(rows, lease) if rows else [])
    except LeaseLost as loss:
        logger.warning("%s", loss)
        return
    except BaseException:
        lease.batch.release(lease.holder)
        raise
    if self.request.called_directly:
        _finish(lease, outcomes)
    else:
        saver.hand_over(lease, lambda: _finish(lease, outcomes))


@worker_shutting_down.connect
def give_up(**_: object) -> None:
    """A worker that is told to stop waits no longer for a storage or a database that does not answer."""
    saver.give_up()


@worker_shutdown.connect
@worker_process_shutdown.connect
def save_what_was_made(**_: object) -> None:
    """A worker that is told to stop saves what it has made."""
    saver.wait()


def advance() -> None:
    """Queue what became ready for runs whose images wait for their negatives, and call the workers."""
    for run in Run.objects.waiting():
        call(phases.advance(run))


def _taken(named: Batch) -> Lease | None:
    """The lease of a batch that this worker took, or None if there is none to take."""
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    now = timezone.now()
    for batch in Batch.objects.to_take(named, warm.kept(), now):
        if batch.claim(holder, now):
            return Lease(batch, holder)
    return None


def _finish(lease: Lease, outcomes: Sequence[Made | Told | Failed]) -> None:
    """Save the outcomes, give the batch back, and call for what is to be made next."""
    try:
        saver.insist(lease, lambda: _save(lease, outcomes))
    except LeaseLost as loss:
        logger.warning("%s", loss)
        return
    except BaseException:
        lease.batch.release(lease.holder)
        raise
    lease.batch.release(lease.holder)
    advance()
    call(Batch.objects.unheard(timezone.now())[:1])


def _save(lease: Lease, outcomes: Sequence[Made | Told | Failed]) -> None:
    """Store the files and save the rows.

    What prevents it becomes the reason of the rows, which would be made in vain for ever otherwise; but a storage that does not
    take the files is tried again, as often as a batch is claimed. Raises LeaseLost, and what passes.
    """
    try:
        for outcome in outcomes:
            lease.keep()
            outcome.put_on_row()
        finish(lease.batch, lease.holder, outcomes)
    except StorageUnavailable as error:
        lease.batch.note(lease.holder, said(error))
        raise
    except (LeaseLost, *PASSING):
        raise
    except Exception as error:
        logger.exception("Could not save what was made of %s", lease.batch)
        _keep_reason(lease, error)


def _keep_reason(lease: Lease, error: Exception) -> None:
    batch = lease.batch
    batch.refresh_from_db()
    if isinstance(error, OSError) and batch.claims < MOST_CLAIMS:
        batch.give_back(lease.holder, said(error))
    else:
        _fail(lease, said(error))


def _fail(lease: Lease, reason: str) -> None:
    failed = [Failed(row, reason) for row in lease.batch.queued_rows()]
    for each in failed:
        each.put_on_row()
    finish(lease.batch, lease.holder, failed)


def _given_up(batch: Batch, rows: Iterable[Image] | Iterable[Caption] | Iterable[NegativeText]) -> list[Failed]:
    """The rows as failed if this batch has stopped too many workers already, or nothing."""
    batch.refresh_from_db()
    if batch.claims <= MOST_CLAIMS:
        return []
    reason = f"{MOST_CLAIMS} workers stopped while they were at this batch; try a smaller batch size in the run."
    return [Failed(row, reason) for row in rows]
