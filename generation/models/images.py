"""What is made: runs, the images they ask for, and the batches that a worker makes together."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from generation.models.conditions import Checkpoint, Condition
from generation.models.prompts import Prompt, PromptSet
from generation.seeds import parse_seeds, validate_seeds


class Run(models.Model):
    """Prompts × seeds × conditions, to be made into images."""

    name = models.CharField(max_length=100, unique=True)
    conditions = models.ManyToManyField(Condition, related_name="runs")
    prompt_sets = models.ManyToManyField(PromptSet, related_name="runs")
    seeds = models.CharField(max_length=500, default="0", validators=[validate_seeds], help_text="For instance 0-3, 17.")
    batch_size = models.PositiveSmallIntegerField(
        default=16, validators=[MinValueValidator(1), MaxValueValidator(256)], help_text="Images per Celery task."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    def planned_images(self) -> "ImageQuerySet":
        """The images that this run wants and that have a row, whichever run asked for them first."""
        return Image.objects.filter(
            prompt__prompt_set__in=self.prompt_sets.all(),
            condition__in=self.conditions.all(),
            seed__in=parse_seeds(self.seeds),
        )

    def unfinished_batches(self) -> "BatchQuerySet":
        """The batches that hold queued images of this run, whichever run they were cut for."""
        return Batch.objects.filter(pk__in=self.planned_images().queued().values("batch"))

    def progress(self) -> dict[str, int]:
        """How many images of this run are in each state; a query, so that it cannot drift."""
        counts = self.planned_images().values_list("state").annotate(count=models.Count("pk"))
        return {**dict.fromkeys(Image.State.values, 0), **dict(counts)}


class BatchQuerySet(models.QuerySet["Batch"]):
    def unfinished(self) -> "BatchQuerySet":
        """Batches that still have queued images."""
        return self.filter(Exists(Image.objects.queued().filter(batch=OuterRef("pk"))))

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
    """Images that one Celery task makes together; the rows are the queue, a message only means "look"."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="batches")
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

    def claim(self, holder: str, now: datetime) -> bool:
        """Take this batch if it has queued images and nobody holds it; False otherwise."""
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


class ImageQuerySet(models.QuerySet["Image"]):
    def queued(self) -> "ImageQuerySet":
        return self.filter(state=Image.State.QUEUED)

    def failed(self) -> "ImageQuerySet":
        return self.filter(state=Image.State.FAILED)

    def reasons(self) -> list[tuple[str, int]]:
        """Why images among these failed, and how many for each reason, the most frequent first."""
        return list(self.failed().values_list("reason").annotate(count=models.Count("pk")).order_by("-count", "reason"))

    def retry(self) -> int:
        """Queue the failed images among these again, for the next plan to put into batches; their number."""
        return self.failed().update(state=Image.State.QUEUED, reason="", finished_at=None, batch=None)


class Image(models.Model):
    """One prompt, one seed, one condition: unique."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for its negative"
        QUEUED = "queued"
        DONE = "done"
        FLAGGED = "flagged", "Flagged as NSFW"
        FAILED = "failed"

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="images")
    seed = models.PositiveBigIntegerField()
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="images")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="images")
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="images")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    reason = models.TextField(blank=True, help_text="Why it failed.")
    file = models.FileField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    screened_by = models.CharField(max_length=200, blank=True, help_text="The safety checker that saw this image.")
    unscreened_because = models.CharField(max_length=300, blank=True)
    provenance = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prompt", "seed", "condition"], name="one_image_per_prompt_seed_and_condition"),
        ]
        indexes = [models.Index(fields=["state"])]

    def __str__(self) -> str:
        return f"{self.prompt} · seed {self.seed} · {self.condition}"
