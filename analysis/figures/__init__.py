"""Figures of a study, each as PDF for the paper, SVG for pages and PNG for slides. Their numbers are in the report's tables."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

from matplotlib.figure import Figure

from analysis.figures import agreement, contact_sheet, differences, over_time, position, records, shares, worths
from analysis.figures.images import BadImages, ImageAt, no_images, read_images
from analysis.figures.saving import Picture, picture, style
from analysis.figures.slugs import slugs
from analysis.report import StudyReport

__all__ = ["BadImages", "ImageAt", "Picture", "no_images", "pictures_of", "read_images", "write_figures"]

DRAWINGS: tuple[ModuleType, ...] = (shares, records, differences, worths, agreement, position, over_time)


def pictures_of(report: StudyReport, image_at: ImageAt = no_images) -> tuple[Picture, ...]:
    """The figures that the study has something to draw for, in the order of the report."""
    with style():
        return tuple(picture(name, title, alt, figure) for name, title, alt, figure in _drawn(report, image_at) if figure)


def _drawn(report: StudyReport, image_at: ImageAt) -> Iterator[tuple[str, str, str, Figure | None]]:
    for drawing in DRAWINGS:
        yield drawing.NAME, drawing.TITLE, drawing.ALT, drawing.draw(report)
    for name, title, comparisons in (
        ("most-contested", "The most contested comparisons", report.most_contested),
        ("least-contested", "The least contested comparisons", report.least_contested),
    ):
        yield name, title, f"{title}, with images.", contact_sheet.draw(comparisons, image_at, report.table.notes)


def write_figures(pictures: Mapping[str, Sequence[Picture]], folder: Path) -> list[Path]:
    """Write each study's pictures as STUDY/NAME.pdf, .svg and .png; return the files' paths. Raises OSError.

    pictures: of each study of a file, by its name, which becomes that of a folder.
    """
    folders = slugs(pictures)
    return [path for study, made in pictures.items() for each in made for path in _write(each, folder / folders[study])]


def _write(each: Picture, folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, content in (("pdf", each.pdf), ("svg", each.svg), ("png", each.png)):
        path = folder / f"{each.name}.{suffix}"
        path.write_bytes(content)
        yield path
