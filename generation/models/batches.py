"""Batches: what one worker makes together, and who is at it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from generation.models.captions import Caption, NegativeText
from generation.models.checkpoints import Checkpoint
from generation.models.images import Image


class BatchQuerySet(models.QuerySet["Batch"]):
    def unfinished(self) -> "BatchQuerySet":
        """Batches that still have queued images, captions or texts."""
        kinds = (Image.objects.queued(), Caption.objects.queued(), NegativeText.objects.queued())
        images, captions, texts = (Q(Exists(rows.filter(batch=OuterRef("pk")))) for rows in kinds)
        return self.filter(images | captions | texts)

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


class Batch(models.Model):
    """What one Celery task makes together: images, or captions, or texts of negatives.

    The rows are the queue, a message only means "look".
    """

    run = models.ForeignKey("generation.Run", on_delete=models.CASCADE, related_name="batches")
    holder = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claims = models.PositiveSmallIntegerField(default=0, help_text="How often it was claimed and not given back.")
    called_at = models.DateTimeField(null=True, blank=True, help_text="When a message last named this batch.")

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        ordering = ["pk"]

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
        return Batch.objects.filter(pk=self.pk, holder=holder).update(lease_until=_lease_from(now)) == 1

    def release(self, holder: str) -> None:
        """Give the batch back, unless another holder has taken it over meanwhile."""
        Batch.objects.filter(pk=self.pk, holder=holder).update(holder="", lease_until=None, claims=0)


def _lease_from(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.BATCH_LEASE_SECONDS)


def _a_lease_before(now: datetime) -> datetime:
    return now - timedelta(seconds=settings.BATCH_LEASE_SECONDS)
