"""Worths of conditions by three models of ties, with intervals: where the models disagree, it shows."""

from matplotlib.figure import Figure

from analysis.figures.intervals import Interval, draw_intervals, keys
from analysis.figures.panels import SMALL, Row, panels
from analysis.ranking import MODELS
from analysis.report import StudyReport

NAME, TITLE = "worths", "Worths of conditions"
ALT = "Dots with intervals: for each condition and criterion, its worth by Davidson's model, with half ties, and without ties."
MODEL_NAMES = {"davidson": "Davidson’s model of ties", "half_tie": "ties count half", "no_ties": "ties dropped"}
UNDEFINED = Interval(None, None, None)


def draw(report: StudyReport) -> Figure | None:
    """None where no worth is defined."""
    worths = {(worth.criterion, worth.condition, worth.model): worth for worth in report.ranking.worths}
    if all(worth.worth is None for worth in worths.values()):
        return None
    rows = [Row(condition) for condition in report.conditions]
    legend = keys([MODEL_NAMES[model] for model in MODELS])
    figure, axes = panels(report.criteria, rows, legend, report.table.notes, row=0.36)
    for criterion, panel in zip(report.criteria, axes, strict=True):
        for row, condition in enumerate(report.conditions):
            found = [worths.get((criterion, condition, model)) for model in MODELS]
            draw_intervals(panel, row, [Interval(each.worth, each.low, each.high) if each else UNDEFINED for each in found])
        panel.set_xlim(0, _end(report))
        panel.set_xlabel("worth; all of a model sum to 1", fontsize=SMALL, labelpad=2)
    return figure


def _end(report: StudyReport) -> float:
    """Where the axis ends: the same for all panels."""
    return min(1.0, 1.08 * max(each.high or each.worth or 0.0 for each in report.ranking.worths))
