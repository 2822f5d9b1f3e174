"""What a measurement has found: rows for its metrics, and reasons for those that could not be measured."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction

from analysis.automatic.gains import relative_gain
from analysis.automatic.means import Mean
from analysis.automatic.metrics import Metric
from analysis.automatic.not_measurable import NotMeasurable
from analysis.web.models import Measurement, MetricOfCondition, NotMeasured


@dataclass(frozen=True)
class Value:
    """A metric of all of a condition's images on a prompt set; note: what else the number hangs on."""

    value: float
    images: int
    prompts: int
    note: str


@dataclass
class Findings:
    """baseline: the key of the study's condition that gains are over."""

    measurement: Measurement
    baseline: int
    rows: list[MetricOfCondition] = field(default_factory=list)
    missing: list[NotMeasured] = field(default_factory=list)

    def add_means(self, metric: Metric, prompt_set: int, model: str, means: Mapping[int, Mean], note: str) -> None:
        """Means by condition, by the keys of the study's conditions."""
        for condition, mean in means.items():
            numbers = {name: getattr(mean, name) for name in ("value", "low", "high", "gain", "gain_low", "gain_high")}
            said = "; ".join(filter(None, (note, mean.warning)))
            counts = {"images": mean.images, "prompts": mean.prompts, "note": said}
            self._add(metric, prompt_set, model, condition, **numbers, **counts)

    def add_values(self, metric: Metric, prompt_set: int, model: str, values: Mapping[int, Value]) -> None:
        """Values by condition, which have no intervals."""
        base = values.get(self.baseline)
        for condition, each in values.items():
            gain = relative_gain(each.value, base.value) if base and condition != self.baseline else None
            numbers = {"value": each.value, "gain": gain}
            counts = {"images": each.images, "prompts": each.prompts, "note": each.note}
            self._add(metric, prompt_set, model, condition, **numbers, **counts)

    @contextmanager
    def told(self, metrics: Iterable[Metric], prompt_set: int | None = None) -> Iterator[None]:
        """Keep why these metrics cannot be measured, and let the others go on."""
        try:
            yield
        except NotMeasurable as error:
            about = {"measurement": self.measurement, "prompt_set_id": prompt_set, "reason": str(error)}
            self.missing += [NotMeasured(metric=metric.name, **about) for metric in metrics]

    def _add(self, metric: Metric, prompt_set: int, model: str, condition: int, **fields: object) -> None:
        about = {"measurement": self.measurement, "prompt_set_id": prompt_set, "metric": metric.name, "model": model}
        over = None if condition == self.baseline else self.baseline
        self.rows.append(MetricOfCondition(**about, condition_id=condition, baseline_id=over, **fields))

    @transaction.atomic
    def save(self) -> None:
        """Put what was found in the place of what was found earlier of the same metrics; values that now fail stay."""
        study, found = self.measurement.study, {row.metric for row in self.rows}
        MetricOfCondition.objects.filter(measurement__study=study, metric__in=found).delete()
        NotMeasured.objects.filter(measurement__study=study, metric__in=self.measurement.metrics).delete()
        MetricOfCondition.objects.bulk_create(self.rows)
        NotMeasured.objects.bulk_create(self.missing)
