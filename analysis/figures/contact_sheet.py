"""The comparisons on which workers agreed least and most, with their images and votes."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from PIL import Image

from analysis.contested import Contested
from analysis.figures.images import ImageAt
from analysis.figures.lettering import printable, shortened
from analysis.figures.palette import BLACK, PALE
from analysis.figures.panels import MARGIN, NOTE, SMALL, WIDTH, note_lines, write_notes
from analysis.judges import NO_CLEAR_WINNER

THUMBNAIL, PIXELS = 1.05, 160  # inches, and how many pixels that is at most
LINE, GAP, WORDS = 1.55, 0.1, 2.1  # inches: height of a comparison, between its images, width of its text
MOST_LETTERS, MOST_PROMPT_LINES, MOST_NAME_LETTERS = 36, 5, 19

Pixels = npt.NDArray[np.uint8]


def draw(comparisons: Sequence[Contested], image_at: ImageAt, notes: Sequence[str]) -> Figure | None:
    """A line for each comparison of which an image is at hand: its prompt and votes, then its images. None without any."""
    with_images = [(each, _images(each, image_at)) for each in comparisons]
    found = [(each, images) for each, images in with_images if any(image is not None for image in images)]
    if not found:
        return None
    height = len(found) * LINE + NOTE * len(note_lines(notes)) + MARGIN
    figure = Figure(figsize=(WIDTH, height))
    for number, (comparison, images) in enumerate(found):
        _draw_line(figure, height - MARGIN - number * LINE, comparison, images)
    write_notes(figure, notes)
    return figure


def _images(comparison: Contested, image_at: ImageAt) -> list[Pixels | None]:
    """Small copies of the images, in the order of the conditions shown; None where there is none or it cannot be read."""
    of_pair = comparison.prompt_set, comparison.prompt, comparison.seed
    return [_thumbnail(image_at(*of_pair, condition)) for condition in comparison.shown]


def _thumbnail(path: Path | None) -> Pixels | None:
    try:
        with Image.open(path or "") as image:
            small = image.convert("RGB")
    except (OSError, Image.DecompressionBombError):
        return None
    small.thumbnail((PIXELS, PIXELS))
    return np.asarray(small)


def _draw_line(figure: Figure, top: float, comparison: Contested, thumbnails: Sequence[Pixels | None]) -> None:
    """top: inches from the figure's foot."""
    height, votes = figure.get_figheight(), dict(comparison.votes)
    figure.text(MARGIN / WIDTH, top / height, _words(comparison), size=SMALL, va="top", linespacing=1.35)
    for column, (condition, thumbnail) in enumerate(zip(comparison.shown, thumbnails, strict=True)):
        left = MARGIN + WORDS + column * (THUMBNAIL + GAP)
        axes = figure.add_axes((left / WIDTH, (top - THUMBNAIL) / height, THUMBNAIL / WIDTH, THUMBNAIL / height))
        axes.set(xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set(visible=True, color=PALE)
        axes.set_xlabel(f"{shortened(condition, MOST_NAME_LETTERS)}\n{_count(votes.get(condition, 0))}", size=SMALL, labelpad=2)
        if thumbnail is None:
            axes.text(
                0.5, 0.5, "image not\nat hand", size=SMALL, color=BLACK, ha="center", va="center", transform=axes.transAxes
            )
        else:
            axes.imshow(thumbnail, interpolation="none")


def _words(comparison: Contested) -> str:
    prompt = wrap(printable(comparison.prompt), MOST_LETTERS, max_lines=MOST_PROMPT_LINES, placeholder=" …")
    ties = dict(comparison.votes).get(NO_CLEAR_WINNER, 0)
    place = shortened(f"{comparison.criterion} · {comparison.prompt_set}", MOST_LETTERS)
    return "\n".join([place, *prompt, f"seed {comparison.seed}", f"{NO_CLEAR_WINNER}: {_count(ties)}"])


def _count(votes: int) -> str:
    return "1 vote" if votes == 1 else f"{votes} votes"
