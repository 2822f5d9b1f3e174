"""Where the images of a study are: a file that names them."""

import csv
from collections.abc import Callable
from pathlib import Path

ImageAt = Callable[[str, str, int, str], Path | None]  # prompt set, prompt, seed, condition

COLUMNS = ("prompt_set", "prompt", "seed", "condition", "file")


class BadImages(ValueError):
    """A file of images that is not as docs/report.md describes it."""


def no_images(_prompt_set: str, _prompt: str, _seed: int, _condition: str) -> None:
    """Where no image is at hand."""


def read_images(path: Path) -> ImageAt:
    """Finds images by a CSV with the columns prompt_set, prompt, seed, condition and file, relative to the CSV's folder.

    Raises BadImages with the line at fault, OSError where the file cannot be read.
    """
    try:
        found = _found(path)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadImages(f"{path} is not CSV in UTF-8: {error}") from error
    return lambda prompt_set, prompt, seed, condition: found.get((prompt_set, prompt, seed, condition))


def _found(path: Path) -> dict[tuple[str, str, int, str], Path]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file, restval="")
        if missing := [name for name in COLUMNS if name not in (lines.fieldnames or ())]:
            raise BadImages(f"{path} lacks the columns {', '.join(missing)}; its first line must name {', '.join(COLUMNS)}")
        return {_key(path, lines.line_num, line): _file(path, lines.line_num, line) for line in lines}


def _file(path: Path, number: int, line: dict[str, str]) -> Path:
    if not line["file"].isprintable() or not line["file"]:
        raise BadImages(f"{path}, line {number}: “{line['file']}” is no name of a file")
    return path.parent / line["file"]


def _key(path: Path, number: int, line: dict[str, str]) -> tuple[str, str, int, str]:
    try:
        return line["prompt_set"], line["prompt"], int(line["seed"]), line["condition"]
    except ValueError as error:
        raise BadImages(f"{path}, line {number}: the seed “{line['seed']}” is not an integer") from error
