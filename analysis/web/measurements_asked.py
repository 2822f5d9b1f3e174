"""Asking for a study's automatic metrics, and what there is of them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from analysis.automatic.metrics import METRICS
from analysis.web.measured_by import MeasuredBy, usual_for
from analysis.web.models import Measurement
from analysis.web.tasks import measure_images
from studies.models import Study

ALL = tuple(METRICS)


class NothingToMeasure(Exception):
    """The study shows no images yet; the sentence says what to do."""


def ask(study: Study, metrics: Sequence[str], now: datetime) -> Measurement:
    """Have a worker measure these metrics, by their names, by the usual models; what is under way stays what is measured.

    Raises NothingToMeasure.
    """
    measurement = queue(study, metrics, usual_for(study), now)
    if measurement.call(now):
        measure_images.delay(measurement.pk)
    return measurement


def queue(study: Study, metrics: Sequence[str], by: MeasuredBy, now: datetime) -> Measurement:
    """The row of a new measurement, or of that which is under way. Raises NothingToMeasure."""
    if not study.comparisons.wanted().exists():
        raise NothingToMeasure(f"“{study}” shows no images yet: publish it first.")
    fields = {"metrics": list(metrics), "clip": by.clip, "classifier": by.classifier, "reference": by.reference}
    try:
        with transaction.atomic():
            return Measurement.objects.create(study=study, asked_at=now, **fields)
    except IntegrityError:
        return Measurement.objects.under_way().get(study=study)
