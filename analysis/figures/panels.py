"""The page that most figures share: rows with their names at the left, and beside them a panel for each criterion."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import wrap

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from analysis.figures.lettering import printable, shortened, width
from analysis.figures.palette import DARK, PALE, RED, WHITE
from analysis.render.wording import heading

WIDTH = 6.9  # inches, as all lengths here: the text of a page in two columns
MARGIN, GAP, COLUMNS = 0.1, 0.3, 2
ROW, TITLE, AXIS, KEY, NOTE = 0.2, 0.28, 0.42, 0.17, 0.16
SMALL, MEDIUM = 7, 8  # points
SWATCH = 0.5  # of a key, with the space around it
MOST_LETTERS, MOST_HEADING_LETTERS, MOST_NOTE_LETTERS = 34, 100, 115


@dataclass(frozen=True)
class Row:
    """One line of a figure; a heading has a name and nothing beside it."""

    label: str
    heading: bool = False

    @property
    def text(self) -> str:
        return shortened(self.label, MOST_HEADING_LETTERS if self.heading else MOST_LETTERS)


@dataclass(frozen=True)
class Layout:
    """Where the panels stand on the page."""

    panels: int
    rows: float  # height of a panel's rows
    left: float  # width of the rows' names
    head: float
    foot: float

    @property
    def columns(self) -> int:
        return min(COLUMNS, self.panels)

    @property
    def height(self) -> float:
        return self.head + ceil(self.panels / self.columns) * (TITLE + self.rows + AXIS) + self.foot

    def box(self, number: int) -> tuple[float, float, float, float]:
        """Left, bottom, width and height of a panel, as parts of the page."""
        line, column = divmod(number, self.columns)
        panel = (WIDTH - self.left - MARGIN - GAP * (self.columns - 1)) / self.columns
        top = self.head + line * (TITLE + self.rows + AXIS) + TITLE
        return (
            (self.left + column * (panel + GAP)) / WIDTH,
            1 - (top + self.rows) / self.height,
            panel / WIDTH,
            self.rows / self.height,
        )


def panels(
    titles: Sequence[str], rows: Sequence[Row], keys: Sequence[tuple[Artist, str]], notes: Sequence[str], row: float = ROW
) -> tuple[Figure, list[Axes]]:
    """A figure with a panel for each title, where rows[i] is at y = i, downwards. To be called within `style()`.

    keys: the legend's handles and words. notes: sentences for the foot. row: inches.
    """
    names = [width(each.text, SMALL) for each in rows if not each.heading]
    columns = _key_columns(keys)
    head = KEY * ceil(len(keys) / columns) + MARGIN
    layout = Layout(
        len(titles), len(rows) * row, max(names, default=0) + 3 * MARGIN, head, NOTE * len(note_lines(notes)) + MARGIN
    )
    figure = Figure(figsize=(WIDTH, layout.height))
    axes = [_panel(figure, layout, number, title, rows) for number, title in enumerate(titles)]
    handles, words = [handle for handle, _ in keys], [shortened(word, MOST_LETTERS) for _, word in keys]
    if keys:
        figure.legend(handles, words, loc="upper left", ncols=columns, bbox_to_anchor=(0, 1), borderaxespad=0.3, fontsize=SMALL)
    write_notes(figure, notes)
    return figure, axes


def _key_columns(keys: Sequence[tuple[Artist, str]]) -> int:
    """All on one line if they fit, else as many as the widest allows."""
    widths = [width(shortened(word, MOST_LETTERS), SMALL) + SWATCH for _, word in keys]
    if sum(widths) < WIDTH:
        return max(1, len(keys))
    return max(1, int(WIDTH / max(widths)))


def _panel(figure: Figure, layout: Layout, number: int, title: str, rows: Sequence[Row]) -> Axes:
    axes = figure.add_axes(layout.box(number))
    axes.set_title(shortened(heading(title), MOST_LETTERS))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="x", labelsize=SMALL, length=2)
    axes.grid(axis="x", color=PALE, linewidth=0.6)
    if number % layout.columns == 0:
        _write_names(axes, rows)
    return axes


def _write_names(axes: Axes, rows: Sequence[Row]) -> None:
    """Names end at the panel; headings begin at the page's edge, and may run over the panels' empty row."""
    figure = axes.figure
    place = blended_transform_factory(figure.transFigure, axes.transData)
    end = axes.get_position().x0 - MARGIN / WIDTH
    for y, row in enumerate(rows):
        if row.heading:
            paper = {"facecolor": WHITE, "edgecolor": "none", "pad": 1}
            figure.text(MARGIN / WIDTH, y, row.text, transform=place, size=MEDIUM, va="center", bbox=paper)
        else:
            figure.text(end, y, row.text, transform=place, size=SMALL, color=DARK, ha="right", va="center")


def write_notes(figure: Figure, notes: Sequence[str]) -> None:
    """At the foot of the figure, each on as many lines as it takes."""
    height, lines = figure.get_figheight(), note_lines(notes)
    for number, line in enumerate(reversed(lines)):
        at = (MARGIN + number * NOTE) / height
        figure.text(MARGIN / WIDTH, at, line, size=SMALL, color=RED)


def note_lines(notes: Sequence[str]) -> list[str]:
    return [line for note in notes for line in wrap(printable(note), MOST_NOTE_LETTERS)]
