"""Batches: what one worker makes together, and who is at it."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from generation.models.captions import Caption, NegativeText
from generation.models.checkpoints import Checkpoint
from generation.models.images import Image

MOST_TROUBLE = 500  # letters
MOST_TRIED = 16  # of the batches that other workers may take at the same moment


class BatchQuerySet(models.QuerySet["Batch"]):
    def unfinished(self) -> "BatchQuerySet":
        """Batches that still have something queued, as far as their workers have told."""
        return self.filter(finished_at=None)

    def free(self, now: datetime) -> "BatchQuerySet":
        """Batches that nobody holds, or whose holder's lease has run out."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now))

    def held(self, now: datetime) -> "BatchQuerySet":
        """Batches that a worker is making."""
        return self.filter(lease_until__gt=now)

    def unheard(self, now: datetime) -> "BatchQuerySet":
        """Free unfinished batches that no message has named for as long as a lease lasts."""
        return self.unfinished().free(now).filter(Q(called_at=None) | Q(called_at__lte=_a_lease_before(now)))

    def heard(self, now: datetime) -> "BatchQuerySet":
        """Free unfinished batches that a message has named more lately: they wait for a worker."""
        return self.unfinished().free(now).filter(called_at__gt=_a_lease_before(now))

    def to_take(self, named: "Batch", kept: Collection[str], now: datetime) -> Iterator["Batch"]:
        """The batches that a worker should try to take, one after the other, when a message names one of its queue.

        First those that need what it keeps in memory, the named one before others, so that it loads nothing as long as there is
        work for that; then the named one; then any other, because the named one may be made already. What could not be saved
        lately waits for a call of its own.
        """
        others = self.unfinished().free(now).filter(queue=named.queue, trouble="").exclude(pk=named.pk).order_by("pk")
        if named.needs in kept:
            yield named
        yield from others.filter(needs__in=kept)[:MOST_TRIED]
        if named.needs not in kept:
            yield named
        yield from others.exclude(needs__in=kept)[:MOST_TRIED]


class Batch(models.Model):
    """What one Celery task makes together: images, or captions, or texts of negatives.

    The rows are the queue, a message only means "look".
    """

    class Queue(models.TextChoices):
        """The queues of the workers, by what they need."""

        GPU = "gpu", "Images: a GPU"
        CAPTION = "caption", "Captions: a captioner in memory"
        DEFAULT = "default", "Answers of a chat model: a network"

    run = models.ForeignKey("generation.Run", on_delete=models.CASCADE, related_name="batches")
    queue = models.CharField(max_length=10, choices=Queue, default=Queue.GPU)
    needs = models.CharField(max_length=400, blank=True, help_text="What it takes in memory: a checkpoint or a captioner.")
    holder = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claims = models.PositiveSmallIntegerField(default=0, help_text="How often it was claimed and not given back.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    called_at = models.DateTimeField(null=True, blank=True, help_text="When a message last named this batch.")
    finished_at = models.DateTimeField(null=True, blank=True, help_text="When nothing in it was queued any more.")
    trouble = models.CharField(
        max_length=MOST_TROUBLE, blank=True, help_text="What kept the last worker from saving it; it is tried again."
    )

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["queue", "needs"], condition=Q(finished_at=None), name="batch_unfinished_by_needs"),
            models.Index(fields=["called_at"], condition=Q(finished_at=None), name="batch_unfinished_by_call"),
            models.Index(fields=["queue", "created_at"], condition=Q(finished_at=None), name="batch_unfinished_by_age"),
            models.Index(fields=["lease_until"], condition=Q(lease_until__isnull=False), name="batch_held_by_lease"),
            models.Index(fields=["queue"], condition=~Q(trouble=""), name="batch_in_trouble"),
        ]

    def __str__(self) -> str:
        return f"{self.run} · batch {self.pk}"

    def checkpoint(self) -> Checkpoint:
        """The one checkpoint of this batch's images."""
        return Checkpoint.objects.filter(condition__images__batch=self).distinct().get()

    def queued_rows(self) -> "list[Image] | list[Caption] | list[NegativeText]":
        """What is queued in it, of the one kind that it holds."""
        images = self.images.queued().select_related("prompt", "condition__checkpoint")
        captions = self.captions.queued().select_related("image")
        texts = self.negative_texts.queued().select_related("prompt")
        return (
            list(images.order_by("prompt", "seed", "condition")) or list(captions.order_by("pk")) or list(texts.order_by("pk"))
        )

    def claim(self, holder: str, now: datetime) -> bool:
        """Take this batch if it has anything queued and nobody holds it; False otherwise."""
        mine = Batch.objects.unfinished().free(now).filter(pk=self.pk)
        return mine.update(holder=holder, lease_until=_lease_from(now), claims=F("claims") + 1) == 1

    def renew(self, holder: str, now: datetime) -> bool:
        """Prolong the holder's lease; False if another holder has taken the batch over meanwhile."""
        return self._of(holder).update(lease_until=_lease_from(now)) == 1

    def release(self, holder: str) -> None:
        """Give the batch back, unless another holder has taken it over meanwhile."""
        self._of(holder).update(holder="", lease_until=None, claims=0)

    def give_back(self, holder: str, trouble: str) -> None:
        """Give it back unsaved, and keep why: the claim counts as one that was in vain."""
        self._of(holder).update(holder="", lease_until=None, trouble=trouble[:MOST_TROUBLE])

    def note(self, holder: str, trouble: str) -> None:
        """Say what its holder waits for."""
        self._of(holder).update(trouble=trouble[:MOST_TROUBLE])

    def finish_if_made(self, now: datetime) -> bool:
        """Note that nothing in it is queued any more, if that is so. Within the transaction that saves its rows."""
        if any(rows.queued().exists() for rows in (self.images, self.captions, self.negative_texts)):
            return False
        return Batch.objects.filter(pk=self.pk).update(finished_at=now, trouble="") == 1

    def _of(self, holder: str) -> BatchQuerySet:
        return Batch.objects.filter(pk=self.pk, holder=holder)


def _lease_from(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.BATCH_LEASE_SECONDS)


def _a_lease_before(now: datetime) -> datetime:
    return now - timedelta(seconds=settings.BATCH_LEASE_SECONDS)
