"""A study's automatic metrics as files have them, condition by condition and image by image."""

from collections.abc import Iterator
from typing import Any

from analysis.automatic.measured import Measured
from analysis.automatic.metrics import METRICS
from analysis.web.models import MetricOfCondition, Score
from studies.models import ComparisonImage, Study

IMAGE_COLUMNS = ("study", "prompt_set", "prompt", "seed", "condition", "metric", "value", "model")
FIELDS = ("value", "low", "high", "gain", "gain_low", "gain_high", "images", "prompts", "model", "note")
ROWS_AT_ONCE = 2000


def measured_of(study: Study) -> list[Measured]:
    """The newest of each metric, in the order of prompt sets, conditions and metrics."""
    names = list(METRICS)
    rows = MetricOfCondition.objects.filter(measurement__study=study).select_related("prompt_set", "condition", "baseline")
    return [_measured(study, row) for row in sorted(rows, key=lambda row: _place(row, names))]


def _place(row: MetricOfCondition, names: list[str]) -> tuple[int, int, int, int]:
    return row.prompt_set_id, row.condition.position, row.condition_id, names.index(row.metric)


def _measured(study: Study, row: MetricOfCondition) -> Measured:
    fields: dict[str, Any] = {name: getattr(row, name) for name in FIELDS}
    names: dict[str, Any] = {
        "prompt_set": str(row.prompt_set),
        "condition": str(row.condition),
        "baseline": str(row.baseline or ""),
    }
    return Measured(study=str(study), metric=row.metric, **names, **fields)


def image_rows(study: Study) -> Iterator[tuple[Any, ...]]:
    """A row of IMAGE_COLUMNS for each score of each image, by every model that scored it."""
    shown = ComparisonImage.objects.filter(comparison__in=study.comparisons.wanted())
    fields = ("comparison__prompt__prompt_set__name", "comparison__prompt__text", "comparison__seed", "condition__printed_name")
    where = {image: named for image, *named in shown.values_list("source", *fields)}
    scores = Score.objects.filter(image__in=shown.values("source")).order_by("image", "metric", "model")
    for image, *score in scores.values_list("image", "metric", "value", "model").iterator(chunk_size=ROWS_AT_ONCE):
        yield (str(study), *where[image], *score)
