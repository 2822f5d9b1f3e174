"""Automatic metrics beside the votes, a row for each condition: as in Table 7 of Desai & Vasconcelos (ECCV 2024)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.automatic.gains import with_gain
from analysis.automatic.measured import Measured
from analysis.automatic.metrics import METRICS
from analysis.inference import ShareInterval
from analysis.render.wording import METHOD, PROMPT_SET, heading


@dataclass(frozen=True)
class MetricTable:
    """Texts: prompt set, condition, the shares of votes by criterion, the metrics with gains; "" where there is none."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def metric_table(metrics: Sequence[Measured], shares: Iterable[ShareInterval] = ()) -> MetricTable:
    """The conditions that have a metric, in the order of the metrics."""
    votes = {(share.prompt_set, share.method, share.criterion): share.percent for share in shares}
    criteria = tuple(dict.fromkeys(criterion for _, _, criterion in votes))
    values = {(each.prompt_set, each.condition, each.metric): each for each in metrics}
    measured = [metric for metric in METRICS.values() if any(metric.name == name for _, _, name in values)]
    rows = (
        (
            *where,
            *(_percent(votes.get((*where, criterion))) for criterion in criteria),
            *(_cell(values.get((*where, metric.name)), metric.digits) for metric in measured),
        )
        for where in dict.fromkeys((each.prompt_set, each.condition) for each in metrics)
    )
    titles = (*map(heading, criteria), *(metric.title for metric in measured))
    return MetricTable((PROMPT_SET, METHOD, *titles), tuple(rows))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.2f}%"


def _cell(each: Measured | None, digits: int) -> str:
    return with_gain(each.value, each.gain, digits) if each else ""
