"""How often the image at each position was chosen, beside how often it would be if positions did not matter."""

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.figures.palette import BLACK, FILLS
from analysis.figures.panels import SMALL, Row, panels
from analysis.report import StudyReport

NAME, TITLE = "position", "Positions of chosen images"
ALT = "Bars: for each position and criterion, the share of votes for the image there, with a line where chance would put it."
THICKNESS = 0.62  # of a row


def draw(report: StudyReport) -> Figure | None:
    """None where no image was chosen."""
    if all(each.percent is None for each in report.position):
        return None
    positions = sorted({each.position for each in report.position})
    rows = [Row(f"Image {position}") for position in positions]
    figure, axes = panels(report.criteria, rows, _keys(), report.table.notes, row=0.26)
    for criterion, panel in zip(report.criteria, axes, strict=True):
        for each in (each for each in report.position if each.criterion == criterion):
            row = positions.index(each.position)
            if each.percent is not None:
                panel.barh(row, each.percent, THICKNESS, color=FILLS[0].colour)
            if each.expected is not None:
                panel.plot([each.expected] * 2, [row - 0.5, row + 0.5], color=BLACK, linewidth=1.4, linestyle=(0, (2, 1)))
        panel.set_xlim(0, 100)
        panel.set_xlabel("share of the votes for an image, %", fontsize=SMALL, labelpad=2)
    return figure


def _keys() -> list[tuple[Artist, str]]:
    line = Line2D([], [], color=BLACK, linewidth=1.4, linestyle=(0, (2, 1)))
    return [(Patch(color=FILLS[0].colour), "votes"), (line, "if positions did not matter")]
