"""How far workers agree, over all prompt sets and in each."""

from matplotlib.figure import Figure

from analysis.figures.intervals import Interval, draw_intervals, keys
from analysis.figures.palette import BLACK
from analysis.figures.panels import SMALL, Row, panels
from analysis.report import StudyReport

NAME, TITLE = "agreement", "Agreement of workers"
ALT = "Dots with intervals: for all prompt sets and each, and each criterion, Krippendorff's alpha and Gwet's AC1."
ALL = "all prompt sets"


def draw(report: StudyReport) -> Figure | None:
    """None where no two votes meet anywhere."""
    if all(each.alpha is None and each.ac1 is None for each in report.agreement):
        return None
    by_cell = {(each.criterion, each.prompt_set): each for each in report.agreement}
    names = [None, *report.prompt_sets]
    rows = [Row(name or ALL) for name in names]
    figure, axes = panels(report.criteria, rows, keys(["Krippendorff’s α", "Gwet’s AC1"]), report.table.notes, row=0.3)
    for criterion, panel in zip(report.criteria, axes, strict=True):
        for row, name in enumerate(names):
            if each := by_cell.get((criterion, name)):
                alpha, ac1 = Interval(each.alpha, each.low, each.high), Interval(each.ac1, each.ac1_low, each.ac1_high)
                draw_intervals(panel, row, [alpha, ac1])
        panel.axvline(0, color=BLACK, linewidth=0.8)
        panel.set_xlim(_start(report), 1)
        panel.set_xlabel("0: as by chance; 1: all alike", fontsize=SMALL, labelpad=2)
    return figure


def _start(report: StudyReport) -> float:
    """Where the axis begins: at 0, or below the least value."""
    values = [value for each in report.agreement for value in (each.alpha, each.low, each.ac1, each.ac1_low)]
    return min(0.0, *(1.08 * value for value in values if value is not None))
