"""On which days the votes came."""

from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.palette import BLUE, PALE
from analysis.figures.panels import AXIS, MARGIN, NOTE, SMALL, WIDTH, note_lines, write_notes
from analysis.report import StudyReport

NAME, TITLE = "votes-over-time", "Votes over time"
ALT = "Bars: the number of votes of each day, in UTC."
HEIGHT = 1.4  # inches
MOST_NAMED = 6  # days


def draw(report: StudyReport) -> Figure | None:
    """None where no vote counts."""
    if not report.facts.votes_by_day:
        return None
    days = [date.fromisoformat(day).toordinal() for day, _ in report.facts.votes_by_day]
    foot = AXIS + NOTE * len(note_lines(report.table.notes))
    height = MARGIN + HEIGHT + foot
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((0.09, foot / height, 0.89, HEIGHT / height))
    axes.bar(days, [votes for _, votes in report.facts.votes_by_day], width=0.8, color=BLUE)
    axes.set_xlim(days[0] - 1, days[-1] + 1)
    _finish(axes, days[0], days[-1])
    write_notes(figure, report.table.notes)
    return figure


def _finish(axes: Axes, first: int, last: int) -> None:
    """first, last: days, as date.toordinal() gives them."""
    named = range(first, last + 1, (last - first) // MOST_NAMED + 1)
    axes.set_xticks(named, [date.fromordinal(day).isoformat() for day in named])
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.tick_params(labelsize=SMALL, length=2)
    axes.grid(axis="y", color=PALE, linewidth=0.6)
    axes.set_ylabel("votes", fontsize=SMALL)
    axes.set_xlabel("day, UTC", fontsize=SMALL, labelpad=2)
