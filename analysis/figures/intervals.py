"""Values with their intervals, as dots on lines; where a row has several, they stand one below another."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.figures.palette import BLUE, INDIGO, ORANGE


class Mark(NamedTuple):
    """How one of several series looks: told apart by shape as well as by colour."""

    shape: str
    colour: str
    face: str


MARKS = (Mark("o", BLUE, BLUE), Mark("s", ORANGE, "white"), Mark("^", INDIGO, INDIGO))
SIZE, LINE = 4.5, 1.2  # points


class Interval(NamedTuple):
    """A value and the ends of its interval; None where undefined."""

    value: float | None
    low: float | None
    high: float | None


def draw_intervals(axes: Axes, row: float, intervals: Sequence[Interval]) -> None:
    """The intervals of one row, each with the mark of its place in the sequence; an undefined value is left out."""
    step = 0.28
    for number, interval in enumerate(intervals):
        _draw(axes, row + (number - (len(intervals) - 1) / 2) * step, interval, MARKS[number])


def _draw(axes: Axes, y: float, interval: Interval, mark: Mark) -> None:
    value, low, high = interval
    if value is None:
        return
    if low is not None and high is not None:
        axes.plot([low, high], [y, y], color=mark.colour, linewidth=LINE, solid_capstyle="butt")
    axes.plot([value], [y], mark.shape, color=mark.colour, markerfacecolor=mark.face, markersize=SIZE, clip_on=False)


def keys(names: Sequence[str]) -> list[tuple[Artist, str]]:
    """The legend of as many series."""
    return [
        (Line2D([], [], color=mark.colour, marker=mark.shape, markerfacecolor=mark.face, markersize=SIZE, linewidth=LINE), name)
        for mark, name in zip(MARKS, names, strict=False)
    ]
