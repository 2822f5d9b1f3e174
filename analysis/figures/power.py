"""How power grows, and the smallest difference that can be seen shrinks, with the number of comparisons."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.palette import BLACK, BLUE, PALE, VERMILION
from analysis.figures.saving import Picture, picture, style
from analysis.power_report import Point, PowerReport

SIZE = (6.9, 2.6)  # inches
SMALL = 7  # points
ENOUGH = 0.8


def power_figure(report: PowerReport) -> Picture:
    """Beside the numbers in power.json and on standard output, which are the same."""
    with style():
        figure = Figure(figsize=SIZE, layout="constrained")
        left, right = figure.subplots(1, 2)
        _power(left, report)
        _smallest(right, report)
        title = f"Power by comparisons, {report.planned.votes} votes on each"
        return picture("power", title, _alt(report.curve), figure)


def _power(axes: Axes, report: PowerReport) -> None:
    curve = [(each.comparisons, each.power) for each in report.curve]
    simulated = [(each.comparisons, each.simulated_power) for each in report.curve if each.simulated_power is not None]
    axes.set_title(f"Power for {report.difference:.1f} points")
    axes.plot(*zip(*curve, strict=True), color=BLUE, linewidth=1.4, label="closed form")
    if simulated:
        axes.plot(*zip(*simulated, strict=True), linestyle="", marker="o", markersize=3.5, color=BLACK, label="simulated")
    axes.axhline(ENOUGH, color=BLACK, linewidth=0.8, linestyle=(0, (5, 4)))
    axes.set_ylim(0, 1.02)
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axes.legend(loc="lower right", fontsize=SMALL)
    _planned(axes, report)


def _smallest(axes: Axes, report: PowerReport) -> None:
    curve = [(each.comparisons, each.smallest) for each in report.curve if each.smallest is not None]
    axes.set_title(f"Smallest difference seen with power {ENOUGH:g}, points")
    if curve:
        axes.plot(*zip(*curve, strict=True), color=BLUE, linewidth=1.4)
    axes.set_ylim(bottom=0)
    _planned(axes, report)


def _planned(axes: Axes, report: PowerReport) -> None:
    """A dotted line at the planned study, and what both panels have in common."""
    axes.set_xlim(0, report.curve[-1].comparisons * 1.02)
    axes.axvline(report.planned.comparisons, color=VERMILION, linewidth=1, linestyle=(0, (1, 2)))
    axes.annotate(
        "planned",
        (report.planned.comparisons, axes.get_ylim()[1]),
        xytext=(3, -8),
        textcoords="offset points",
        size=SMALL,
        color=VERMILION,
    )
    axes.set_xlabel(f"comparisons, {report.planned.votes} votes on each")
    axes.grid(color=PALE, linewidth=0.6)
    axes.tick_params(labelsize=SMALL, length=2)


def _alt(curve: Sequence[Point]) -> str:
    return "Power by comparisons: " + ", ".join(f"{each.comparisons}: {each.power:.2f}" for each in curve) + "."
