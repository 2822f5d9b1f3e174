"""The metrics of a study's conditions as a file: what `manage.py export_metrics` writes, and `report --metrics` reads."""

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from analysis.automatic.metrics import METRICS


@dataclass(frozen=True)
class Measured:
    """One metric of one condition on one prompt set.

    low, high: a 95 % interval, None where there is none. baseline: the condition that the gain is over, "" for that condition
    itself; gain, gain_low, gain_high: in per cent, None without a baseline. prompts: that the images are of. model: name and
    revision. note: what else the number hangs on, and what to beware of.
    """

    study: str
    prompt_set: str
    condition: str
    metric: str
    value: float
    low: float | None
    high: float | None
    baseline: str
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    images: int
    prompts: int
    model: str
    note: str


COLUMNS = tuple(field.name for field in fields(Measured))
NUMBERS = ("value", "low", "high", "gain", "gain_low", "gain_high")
COUNTS = ("images", "prompts")


class BadMetrics(ValueError):
    """A file of metrics that is not as docs/metrics.md describes it."""


def csv_text(measured: Iterable[Measured]) -> str:
    """A line for each; what is None is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(each) for each in measured)
    return out.getvalue()


def read_measured(path: Path) -> tuple[Measured, ...]:
    """The file's lines in their order. Raises BadMetrics with the line at fault, OSError where the file cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file, restval="")
            if missing := [name for name in COLUMNS if name not in (lines.fieldnames or ())]:
                raise BadMetrics(f"{path} lacks the columns {', '.join(missing)}; manage.py export_metrics writes such files.")
            return _all_different(path, [_measured(path, lines.line_num, line) for line in lines])
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadMetrics(f"{path} is not CSV in UTF-8: {error}") from error


def _measured(path: Path, number: int, line: dict[str, str]) -> Measured:
    where = f"{path}, line {number}"
    if line["metric"] not in METRICS:
        raise BadMetrics(f"{where}: “{line['metric']}” is none of the metrics {', '.join(METRICS)}.")
    texts = {name: line[name] for name in COLUMNS if name not in (*NUMBERS, *COUNTS)}
    numbers = {name: _number(where, name, line[name]) for name in NUMBERS}
    if numbers["value"] is None:
        raise BadMetrics(f"{where}: the value is empty.")
    return Measured(**texts, **numbers, **{name: _count(where, name, line[name]) for name in COUNTS})  # type: ignore[arg-type]


def _number(where: str, name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadMetrics(f"{where}: {name} “{text}” is not a finite number, like 0.274.")
    return number


def _count(where: str, name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise BadMetrics(f"{where}: {name} “{text}” is not a whole number.")
    return int(text)


def _all_different(path: Path, measured: list[Measured]) -> tuple[Measured, ...]:
    seen = set()
    for each in measured:
        key = (each.study, each.prompt_set, each.condition, each.metric)
        if key in seen:
            raise BadMetrics(f"{path} has {METRICS[each.metric].title} of {' · '.join(key[:3])} twice.")
        seen.add(key)
    return tuple(measured)
