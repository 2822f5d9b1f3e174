"""The automatic metrics of the images beside the votes on them."""

from analysis.automatic.measured import Measured
from analysis.automatic.metrics import METRICS
from analysis.render.metric_table import MetricTable, metric_table
from analysis.report import StudyReport
from analysis.report_page.markup import NOTHING, Html, Number, Pictures, joined, paragraph, table
from analysis.report_page.numbers import decimal, interval, points, whole

TITLE = "Automatic metrics"
DIGITS = 8
NONE = "No automatic metrics of the images were given."
HEADS = (
    *("Prompt set", "Metric", "Condition", "Value", "95 % interval", "Gain, %", "95 % interval of it", "Images", "Prompts"),
    *("Model", "Note"),
)
HOW_TO_READ = (
    "CLIP scores are raw cosines of image and prompt by the protocol of Attend-and-Excite; IS is the Inception Score. Of these "
    "the greater is better, of FID and KL the smaller. In brackets stands what is gained on the baseline, relative to it. "
    "Intervals are of prompts drawn anew, the same for each condition."
)


def part(report: StudyReport, _pictures: Pictures) -> Html:
    if not report.metrics:
        return paragraph(NONE)
    beside = metric_table(report.metrics, report.shares)
    rows = [_row(each) for each in sorted(report.metrics, key=lambda each: _place(each, report))]
    return joined(
        [
            table("Votes and metrics by condition", beside.heads, _printed(beside), named=2),
            table("Every metric with its interval", HEADS, rows, named=3),
            paragraph(HOW_TO_READ),
        ]
    )


def _printed(beside: MetricTable) -> list[tuple[str, ...]]:
    return [(*row[:2], *(Number(cell) if cell else NOTHING for cell in row[2:])) for row in beside.rows]


def _place(each: Measured, report: StudyReport) -> tuple[int, int]:
    sets = [*report.prompt_sets, each.prompt_set]
    return sets.index(each.prompt_set), list(METRICS).index(each.metric)


def _row(each: Measured) -> tuple[str, ...]:
    metric = METRICS[each.metric]
    return (
        *(each.prompt_set, metric.title, each.condition, decimal(each.value, metric.digits)),
        interval(decimal(each.low, metric.digits), decimal(each.high, metric.digits)),
        *(points(each.gain), interval(points(each.gain_low), points(each.gain_high))),
        *(whole(each.images), whole(each.prompts), _short(each.model), each.note),
    )


def _short(model: str) -> str:
    """A model with the first digits of its revision; report.json has all of them."""
    name, at, revision = model.partition("@")
    return f"{name}{at}{revision.removeprefix('sha256:')[:DIGITS]}"
