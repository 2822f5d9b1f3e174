"""The files of an import, found and checked: FOLDER/condition/prompt set/NAME_SEED.png.

A CSV with the columns prompt_set, name, prompt gives the prompt of each NAME.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from generation.seeds import LARGEST_SEED

COLUMNS = ("prompt_set", "name", "prompt")
LONGEST = {"prompt_set": 60, "name": 200, "prompt": 500}
LONGEST_CONDITION = 60
MOST_PIXELS = 4096 * 4096


class BadImport(ValueError):
    """Files that cannot be imported; `faults` says what to change, one fault each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class BadFile(ValueError):
    """One file that cannot be imported."""


@dataclass(frozen=True)
class Found:
    """An image file, and what it shows under which condition; size is width and height in pixels."""

    path: Path
    condition: str
    prompt_set: str
    prompt: str
    seed: int
    size: tuple[int, int]

    def pixels(self) -> NDArray[np.uint8]:
        """Shape (height, width, 3)."""
        with PIL.Image.open(self.path) as picture:
            return np.asarray(picture)


Prompts = Mapping[tuple[str, str], str]  # (prompt set, name) → prompt


def find(folder: Path, prompts_csv: Path) -> list[Found]:
    """The images of a folder. Raises BadImport that names every fault, with the path of its file."""
    if not folder.is_dir():
        raise BadImport([f"{folder}: there is no such folder."])
    prompts = read_prompts(prompts_csv)
    paths = [path for path in sorted(folder.rglob("*")) if _is_meant(path) and path.resolve() != prompts_csv.resolve()]
    found, faults = [], []
    for path in paths:
        try:
            found.append(_found(path, folder, prompts))
        except BadFile as error:
            faults.append(f"{path}: {error}")
    faults += [*_repeated(found), *_unlike(found)]
    if faults or not found:
        raise BadImport(faults or [f"{folder}: there are no images in condition/prompt set/ here."])
    return found


def _is_meant(path: Path) -> bool:
    """Whether this is a file of the researcher's, not one of her file manager's."""
    return path.is_file() and not path.name.startswith(".")


def read_prompts(path: Path) -> Prompts:
    """The prompts of a CSV by prompt set and name. Raises BadImport that names every faulty line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="", strict=True)
            if not set(COLUMNS) <= set(reader.fieldnames or []):
                raise BadImport([f"{path}: the first line must name the columns {', '.join(COLUMNS)}."])
            lines = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadImport([f"{path}: this is no CSV in UTF-8 that can be read ({error})."]) from error
    faults = [f"{path}, line {number}: {fault}" for number, row in lines for fault in _line_faults(row)]
    if faults := faults or [*_repeated_lines(path, lines, "name"), *_repeated_lines(path, lines, "prompt")]:
        raise BadImport(faults)
    return {(row["prompt_set"].strip(), row["name"].strip()): row["prompt"].strip() for _, row in lines}


def _line_faults(row: Mapping[str | None, Any]) -> Iterator[str]:
    if None in row:
        yield "there are more values than columns; put a prompt with commas in quotation marks."
    for column, longest in LONGEST.items():
        if not 1 <= len(row[column].strip()) <= longest:
            yield f"{column} must have 1 to {longest} characters."


def _repeated_lines(path: Path, lines: Iterable[tuple[int, Mapping[str, str]]], column: str) -> Iterator[str]:
    seen: dict[tuple[str, str], int] = {}
    for number, row in lines:
        first = seen.setdefault((row["prompt_set"].strip(), row[column].strip()), number)
        if first != number:
            yield f"{path}, line {number}: this {column} stands in line {first} already."


def _found(path: Path, folder: Path, prompts: Prompts) -> Found:
    """Raises BadFile."""
    *where, file_name = path.relative_to(folder).parts
    if len(where) != 2 or len(where[0]) > LONGEST_CONDITION:
        raise BadFile(
            f"the image must lie in condition/prompt set/, the condition's name of at most {LONGEST_CONDITION} letters."
        )
    match = re.fullmatch(r"(.+)_([0-9]{1,19})\.png", file_name, re.IGNORECASE)
    if not match or int(match[2]) > LARGEST_SEED:
        raise BadFile("the name must end in _SEED.png, with a whole number as the seed, below 2^63.")
    condition, prompt_set = where
    if (prompt_set, match[1]) not in prompts:
        raise BadFile(f"the prompts file has no name “{match[1]}” in the prompt set “{prompt_set}”.")
    return Found(path, condition, prompt_set, prompts[prompt_set, match[1]], int(match[2]), _size(path))


def _size(path: Path) -> tuple[int, int]:
    """Width and height of a good picture. Raises BadFile."""
    try:
        with PIL.Image.open(path, formats=["PNG"]) as picture:
            if getattr(picture, "is_animated", False):
                raise BadFile("this is an animation; give a single picture.")
            if picture.mode != "RGB":
                raise BadFile(f"its mode is {picture.mode}; convert it to RGB with 8 bits a channel, without transparency.")
            if picture.width * picture.height > MOST_PIXELS:
                raise BadFile(f"it has more than {MOST_PIXELS} pixels; make it smaller.")
            picture.load()
            return picture.size
    except (OSError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        raise BadFile(f"this is no PNG that can be read ({error}).") from error


def _repeated(found: Iterable[Found]) -> Iterator[str]:
    for first, *others in _grouped(found, lambda one: (one.condition, one.prompt_set, one.prompt, one.seed)):
        yield from (f"{other.path}: the same condition, prompt and seed as {first.path}." for other in others)


def _unlike(found: Iterable[Found]) -> Iterator[str]:
    """Images of one prompt and seed must be of one size, since they are shown side by side."""
    for first, *others in _grouped(found, lambda one: (one.prompt_set, one.prompt, one.seed)):
        for other in others:
            if other.size != first.size:
                yield f"{other.path}: {_times(other.size)} pixels, but {_times(first.size)} in {first.path}."


def _times(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"


def _grouped(found: Iterable[Found], key: Callable[[Found], object]) -> Iterable[list[Found]]:
    groups: dict[object, list[Found]] = defaultdict(list)
    for one in found:
        groups[key(one)].append(one)
    return groups.values()
