"""A forest plot: how many points one condition's share is above another's, with intervals."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.intervals import Interval, draw_intervals
from analysis.figures.lettering import shortened
from analysis.figures.palette import BLACK
from analysis.figures.panels import MOST_HEADING_LETTERS, SMALL, Row, panels
from analysis.report import StudyReport

NAME, TITLE = "differences", "Differences between conditions"
ALT = (
    "Forest plot: for each pair of conditions, prompt set and criterion, the difference of shares in points with its interval."
)

MOST_PAIRS = 6  # of four conditions; with more conditions, each is drawn against the first
MOST_ROWS = 120
Pair = tuple[str, str]


def draw(report: StudyReport) -> Figure | None:
    """None where no difference is defined."""
    pairs = _pairs(report)
    by_cell = {(each.pair, each.prompt_set, each.criterion): each for each in report.differences if each.estimate is not None}
    cells = [(pair, name) for pair in pairs for name in (None, *report.prompt_sets)][:MOST_ROWS]
    if not by_cell:
        return None
    rows = [Row(name or _minus(pair), heading=name is None) for pair, name in cells]
    figure, axes = panels(report.criteria, rows, (), [*report.table.notes, *_notes(report, pairs, len(cells))])
    for criterion, panel in zip(report.criteria, axes, strict=True):
        for row, (pair, name) in enumerate(cells):
            if found := by_cell.get((pair, name or "", criterion)):
                draw_intervals(panel, row, [Interval(found.estimate, found.low, found.high)])
    _finish(axes)
    return figure


def _minus(pair: Pair) -> str:
    """Each name shortened by itself: the middle of both, which a long heading loses, is the minus between them."""
    minus = " − "
    return minus.join(shortened(name, (MOST_HEADING_LETTERS - len(minus)) // 2) for name in pair)


def _pairs(report: StudyReport) -> list[Pair]:
    """In the order in which the report has them."""
    pairs = list(dict.fromkeys(each.pair for each in report.differences))
    if len(pairs) <= MOST_PAIRS:
        return pairs
    return [pair for pair in pairs if report.conditions[0] in pair]


def _notes(report: StudyReport, pairs: list[Pair], rows: int) -> list[str]:
    if len(pairs) == len({each.pair for each in report.differences}) and rows < MOST_ROWS:
        return []
    return [f"Not all differences are drawn; all {len(report.differences)} are in the table."]


def _finish(axes: list[Axes]) -> None:
    """The same scale in every panel, and the line of no difference."""
    furthest = max((abs(x) for panel in axes for x in panel.dataLim.intervalx if abs(x) < float("inf")), default=0.0)
    for panel in axes:
        panel.axvline(0, color=BLACK, linewidth=0.8)
        panel.set_xlim(-1.08 * furthest or -1, 1.08 * furthest or 1)
        panel.set_xlabel("difference, points", fontsize=SMALL, labelpad=2)
