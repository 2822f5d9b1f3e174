from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analysis.automatic.metrics import METRICS
from analysis.web.measured_by import MeasuredBy, usual_for
from analysis.web.measurements_asked import ALL, NothingToMeasure, queue
from analysis.web.models import Measurement
from analysis.web.tasks import measure_images
from studies.management.studies import add_study_argument, study_named


class Command(BaseCommand):
    help = "Measure a study's images here and now, without a worker: CLIP score, IS, FID, KL."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("--metrics", nargs="+", choices=ALL, default=ALL, metavar="METRIC", help=", ".join(ALL))
        parser.add_argument("--clip", metavar="NAME", help="folder, hub name or “bundled”, with @revision or without")
        parser.add_argument("--classifier", metavar="NAME", help="the same, or Inception's TorchScript file")
        parser.add_argument("--reference", metavar="DIR", help="folder of real images that FID compares with")

    def handle(
        self,
        *,
        study: str,
        metrics: Sequence[str],
        clip: str | None,
        classifier: str | None,
        reference: str | None,
        **_: Any,
    ) -> None:
        found = study_named(study)
        usual = usual_for(found)
        by = MeasuredBy(clip or usual.clip, classifier or usual.classifier, reference or usual.reference)
        try:
            measurement = queue(found, metrics, by, timezone.now())
        except NothingToMeasure as error:
            raise CommandError(str(error)) from error
        measure_images(measurement.pk)
        measurement.refresh_from_db()
        self._tell(measurement)

    def _tell(self, measurement: Measurement) -> None:
        """What was measured, and why some of it was not."""
        if measurement.state == Measurement.State.FAILED:
            raise CommandError(measurement.reason)
        if measurement.state != Measurement.State.DONE:
            raise CommandError(f"A worker measures “{measurement.study}” since {measurement.asked_at:%H:%M}; try again later.")
        rows = measurement.found.select_related("prompt_set", "condition")
        for row in rows.order_by("prompt_set", "metric", "condition__position"):
            number = f"{row.value:.{METRICS[row.metric].digits}f}"
            self.stdout.write(
                f"{row.prompt_set} · {row.get_metric_display()} · {row.condition}: {number} ({row.images} images)"
            )
        for missing in measurement.missing.all():
            self.stderr.write(str(missing))
