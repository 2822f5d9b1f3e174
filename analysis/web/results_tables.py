"""The numbers of report.json as tables of a page: which columns, and how each number is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
NOTHING = "–"
MOST_ROWS = 200  # of a table on the page; the file has all


@dataclass(frozen=True)
class Column:
    """A column's title, what a row has in it, and whether that is a number."""

    title: str
    written: Callable[[Row], str]
    is_number: bool = True


@dataclass(frozen=True)
class Section:
    """A list of report.json as a table."""

    field: str
    title: str
    help: str
    columns: Sequence[Column]


@dataclass(frozen=True)
class Table:
    """A section filled in. unlisted: how many rows are in the file alone."""

    name: str
    title: str
    help: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[tuple[str, bool]]]
    unlisted: int


def tables_of(report: Row) -> list[Table]:
    """Every section that the study's part of report.json has rows for."""
    return [_table(section, report[section.field]) for section in SECTIONS if report.get(section.field)]


def _table(section: Section, rows: Sequence[Row]) -> Table:
    columns = [column for column in section.columns if column.title != WARNING or any(map(column.written, rows))]
    cells = [[(column.written(row), column.is_number) for column in columns] for row in rows[:MOST_ROWS]]
    return Table(section.field, section.title, section.help, columns, cells, max(0, len(rows) - MOST_ROWS))


def _text(title: str, field: str) -> Column:
    return Column(title, lambda row: str(row.get(field) or ""), is_number=False)


def _pair(row: Row) -> str:
    return " – ".join(row["pair"])


def _number(title: str, field: str, digits: int = 0) -> Column:
    return Column(title, lambda row: _rounded(row.get(field), digits))


def _interval(title: str, low: str, high: str, digits: int) -> Column:
    return Column(title, lambda row: _between(row.get(low), row.get(high), digits))


def _p(title: str, field: str) -> Column:
    return Column(title, lambda row: _small(row.get(field)))


def _rounded(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}".replace("-", "−")


def _between(low: float | None, high: float | None, digits: int) -> str:
    return NOTHING if low is None or high is None else f"{_rounded(low, digits)} to {_rounded(high, digits)}"


def _small(p: float | None) -> str:
    return "< 0.001" if p is not None and p < 0.001 else _rounded(p, 3)


WARNING = "Note"
SET, CRITERION, METHOD = _text("Prompt set", "prompt_set"), _text("Criterion", "criterion"), _text("Method", "method")
PAIR = Column("Pair", _pair, is_number=False)
NOTE = _text(WARNING, "warning")

SECTIONS = (
    Section(
        "shares",
        "Shares of votes",
        "Per cent of the votes on a criterion in a prompt set, of those alone whose comparison showed the method. The 95 % "
        "intervals are clustered by comparison and by worker.",
        (
            SET,
            CRITERION,
            METHOD,
            _number("Votes", "votes"),
            _number("Of", "total"),
            _number("Share (%)", "percent", 2),
            _interval("95 % interval", "low", "high", 2),
            NOTE,
        ),
    ),
    Section(
        "differences",
        "Differences",
        "The share of the first of the pair minus that of the second, in points. The adjusted p is Holm's, over all pairs, "
        "criteria and prompt sets.",
        (
            SET,
            CRITERION,
            PAIR,
            _number("Difference", "estimate", 2),
            _interval("95 % interval", "low", "high", 2),
            _p("p", "p"),
            _p("p adjusted", "p_adjusted"),
            NOTE,
        ),
    ),
    Section(
        "ranking",
        "Ranking",
        "Worths of the conditions over all prompt sets; those of a model sum to 1. Davidson's model has ties as an outcome of "
        "their own; half_tie counts one as half a win for each; no_ties leaves them out.",
        (
            CRITERION,
            _text("Model", "model"),
            _text("Condition", "condition"),
            _number("Worth", "worth", 3),
            _interval("95 % interval", "low", "high", 3),
        ),
    ),
    Section(
        "agreement",
        "Agreement of workers",
        "Krippendorff's α with its 95 % interval, Gwet's AC1 and Fleiss' κ: 1 is agreement always, 0 as by chance.",
        (
            CRITERION,
            _number("Comparisons", "comparisons"),
            _number("α", "alpha", 3),
            _interval("95 % interval", "low", "high", 3),
            _number("AC1", "ac1", 3),
            _number("κ", "fleiss", 3),
        ),
    ),
    Section(
        "position",
        "Position",
        "Of the votes for an image, those for the image at each position.",
        (
            CRITERION,
            _number("Position", "position"),
            _number("Share (%)", "percent", 2),
            _number("Expected (%)", "expected", 2),
            _p("p", "p"),
        ),
    ),
    Section(
        "excluded",
        "Not counted",
        "Votes that are in the data and in no number here, and why.",
        (_text("Reason", "reason"), _number("Votes", "votes"), _number("Workers", "workers")),
    ),
    Section(
        "effects",
        "What the exclusions change",
        "Each share as it is, and as it would be with the excluded votes.",
        (
            SET,
            CRITERION,
            METHOD,
            _number("Share (%)", "percent", 2),
            _number("With them (%)", "percent_with_excluded", 2),
        ),
    ),
    Section(
        "influences",
        "Workers who decide a winner",
        "Without the worker another condition has the most votes.",
        (
            _text("Worker", "worker"),
            SET,
            CRITERION,
            Column("Ahead", lambda row: ", ".join(row["winners"]), is_number=False),
            Column("Without the worker", lambda row: ", ".join(row["winners_without"]) or NOTHING, is_number=False),
        ),
    ),
)
