"""Automatic metrics of studies: asked for, being measured, done; and the scores of single images, which studies share.

The rows are the queue, and a message only means “look”, as it is with results.
"""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from analysis.automatic.metrics import METRICS
from generation.models import Image, PromptSet
from studies.models import Study, StudyCondition

LEASE = timedelta(minutes=10)  # prolonged after every few images
LONG_WAIT = timedelta(minutes=1)
CHOICES = [(metric.name, metric.title) for metric in METRICS.values()]


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    def under_way(self) -> "MeasurementQuerySet":
        return self.filter(state__in=(Measurement.State.QUEUED, Measurement.State.MEASURING))

    def done(self) -> "MeasurementQuerySet":
        return self.filter(state=Measurement.State.DONE)

    def free(self, now: datetime) -> "MeasurementQuerySet":
        """Measurements that nobody carries out, or whose worker's lease has run out."""
        return self.under_way().filter(Q(lease_until=None) | Q(lease_until__lte=now))

    def unheard(self, now: datetime) -> "MeasurementQuerySet":
        """Free measurements that no message has named for as long as a lease lasts."""
        return self.free(now).filter(Q(called_at=None) | Q(called_at__lte=now - LEASE))


class Measurement(models.Model):
    """The metrics of a study's images that somebody asked for, and what measures them."""

    class State(models.TextChoices):
        QUEUED = "queued"
        MEASURING = "measuring"
        DONE = "done"
        FAILED = "failed"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    metrics = models.JSONField(help_text="Their names, as a list.")
    clip = models.CharField(max_length=500, help_text="Name, or name@revision, of the CLIP model.")
    classifier = models.CharField(max_length=500, blank=True, help_text="Name, or name@revision, of the classifier.")
    reference = models.CharField(max_length=500, blank=True, help_text="Folder of real images that FID compares with.")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    asked_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, help_text="When a message last named this row.")
    claims = models.PositiveSmallIntegerField(default=0, help_text="How often a worker took it.")
    holder = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, help_text="Why it failed as a whole.")

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study"], condition=Q(state__in=["queued", "measuring"]), name="one_measurement_under_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study} · measurement {self.pk}"

    def waits_long(self, now: datetime) -> bool:
        """Whether no worker has taken it for so long that there may be none."""
        return self.state == Measurement.State.QUEUED and now - self.asked_at >= LONG_WAIT

    def call(self, now: datetime) -> bool:
        """Note that a message names this row now; False if one did lately, or if somebody carries it out."""
        return Measurement.objects.unheard(now).filter(pk=self.pk).update(called_at=now) == 1

    def claim(self, holder: str, now: datetime) -> bool:
        """Take this row if nobody does; False otherwise."""
        taken = {"state": Measurement.State.MEASURING, "holder": holder, "lease_until": now + LEASE}
        claimed = Measurement.objects.free(now).filter(pk=self.pk).update(**taken, claims=F("claims") + 1) == 1
        self.refresh_from_db()
        return claimed

    def renew(self, holder: str, now: datetime) -> bool:
        """Prolong the holder's lease; False if another worker has taken it over meanwhile."""
        return self._held(holder).update(lease_until=now + LEASE) == 1

    def finish(self, holder: str, now: datetime) -> bool:
        """Make it the study's measurement; False if another worker has taken it over meanwhile."""
        return self._end(holder, state=Measurement.State.DONE, finished_at=now)

    def fail(self, holder: str, reason: str, now: datetime) -> bool:
        """Keep why it could not be carried out; False if another worker has taken it over meanwhile."""
        return self._end(holder, state=Measurement.State.FAILED, reason=reason, finished_at=now)

    def _held(self, holder: str) -> MeasurementQuerySet:
        return Measurement.objects.under_way().filter(pk=self.pk, holder=holder)

    def _end(self, holder: str, **values: object) -> bool:
        ended = self._held(holder).update(holder="", lease_until=None, **values) == 1
        self.refresh_from_db()
        return ended


class Score(models.Model):
    """One image's value of a metric by one model; it holds in every study that shows the image."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    metric = models.CharField(max_length=40, choices=CHOICES)
    model = models.CharField(max_length=300, help_text="Name and revision.")
    value = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "metric", "model"], name="one_score_per_image_metric_and_model"),
        ]

    def __str__(self) -> str:
        return f"{self.image} · {self.get_metric_display()} · {self.value:.3f}"


class MetricOfCondition(models.Model):
    """A metric of one condition on one prompt set, as `analysis.automatic.measured.Measured` describes it."""

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="found")
    prompt_set = models.ForeignKey(PromptSet, on_delete=models.CASCADE, related_name="+")
    condition = models.ForeignKey(StudyCondition, on_delete=models.CASCADE, related_name="+")
    baseline = models.ForeignKey(StudyCondition, null=True, on_delete=models.CASCADE, related_name="+")
    metric = models.CharField(max_length=40, choices=CHOICES)
    value = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    gain = models.FloatField(null=True, help_text="Over the baseline, in per cent.")
    gain_low = models.FloatField(null=True)
    gain_high = models.FloatField(null=True)
    images = models.PositiveIntegerField()
    prompts = models.PositiveIntegerField()
    model = models.CharField(max_length=300, help_text="Name and revision.")
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measurement", "prompt_set", "condition", "metric"], name="one_value_per_condition_and_metric"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition} · {self.prompt_set} · {self.get_metric_display()}"


class NotMeasured(models.Model):
    """A metric that was asked for and could not be measured, and what to do about it."""

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="missing")
    metric = models.CharField(max_length=40, choices=CHOICES)
    prompt_set = models.ForeignKey(PromptSet, null=True, on_delete=models.CASCADE, related_name="+")
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.get_metric_display()}: {self.reason}"
