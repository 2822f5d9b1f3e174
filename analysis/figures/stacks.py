"""Bars from 0 to 100 per cent, stacked of parts."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from analysis.figures.palette import BLACK, GREY, WHITE, Fill
from analysis.figures.panels import SMALL

THICKNESS = 0.74  # of a row
LEAST_NUMBERED = 7.0  # per cent: a narrower part has no room for its number


class Part(NamedTuple):
    """Of one bar, in per cent."""

    percent: float
    fill: Fill


def draw_stack(axes: Axes, row: float, parts: Sequence[Part]) -> None:
    """Each part begins where the one before ends, and holds its number, rounded, if it has room for it."""
    start = 0.0
    for percent, fill in parts:
        axes.barh(row, percent, THICKNESS, left=start, **_look(fill))
        if percent >= LEAST_NUMBERED:
            box = {"facecolor": fill.colour, "edgecolor": "none", "pad": 0.8} if fill.hatch else None
            middle = start + percent / 2
            axes.text(middle, row, f"{percent:.0f}", size=SMALL, color=fill.ink, ha="center", va="center_baseline", bbox=box)
        start += percent


def draw_nothing(axes: Axes, row: float) -> None:
    """Where nobody voted."""
    axes.text(1, row, "no votes", size=SMALL, color=BLACK, style="italic", va="center")


def from_0_to_100(axes: Axes, label: str) -> None:
    axes.set_xlim(0, 100)
    axes.set_xlabel(label, fontsize=SMALL, labelpad=2)


def keys(named: Sequence[tuple[str, Fill]]) -> list[tuple[Artist, str]]:
    """The legend of the parts, in their order."""
    return [(Patch(**_look(fill)), name) for name, fill in named]


def _look(fill: Fill) -> dict[str, Any]:
    return {"facecolor": fill.colour, "hatch": fill.hatch, "hatchcolor": GREY, "edgecolor": WHITE, "linewidth": 0.6}
