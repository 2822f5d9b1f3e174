"""A votes file → its columns as codes of distinct values, so that each distinct value is judged once."""

import csv
import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
import numpy.typing as npt

from analysis.faults import BadVotesFile, Fault

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

REQUIRED = ("study", "prompt_set", "prompt", "seed", "worker", "criterion", "shown", "choice", "answered_at", "seconds")
DEFAULTS = {"rehearsal": "0", "unscreened": "", "conditions": "", "excluded": ""}  # what a file without the column says
OPTIONAL = ("trial", *DEFAULTS)

UNDECODED = re.compile("[\udc80-\udcff]")  # what errors="surrogateescape" makes of bytes that are not UTF-8


@dataclass(frozen=True)
class Column:
    """One column: its distinct values in order of first appearance, and the code of each line, shape (lines,)."""

    values: list[str]
    codes: IntArray

    def where(self, is_bad: Callable[[str], bool]) -> BoolArray:
        """Which lines hold a bad value, shape (lines,)."""
        return np.fromiter(map(is_bad, self.values), dtype=np.bool_, count=len(self.values))[self.codes]

    def at(self, row: int | np.int64) -> str:
        """The value on a row, counted from 0."""
        return self.values[int(self.codes[row])]


@dataclass(frozen=True)
class Columns:
    """The records that have the right number of fields: the line each begins on, and its known columns."""

    lines: IntArray
    by_name: dict[str, Column]

    def __getitem__(self, name: str) -> Column:
        return self.by_name[name]

    def only(self, rows: BoolArray) -> "Columns":
        """The chosen lines, shape of rows: (lines,)."""
        kept = {name: Column(column.values, column.codes[rows]) for name, column in self.by_name.items()}
        return Columns(self.lines[rows], kept)

    def __contains__(self, name: str) -> bool:
        return name in self.by_name


def parse(path: Path) -> tuple[Columns, list[Fault]]:
    """Columns of the well-formed records, and the faults of the others. Columns of other names are ignored.

    Raises BadVotesFile where nothing can be said about single lines (no header or a wrong one, no votes), OSError
    where the file cannot be read.
    """
    faults: list[Fault] = []
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        records = _records(_decoded(file, faults), faults)
        header = next(records, (1, []))[1]
        faults += [Fault(1, reason) for reason in _header_faults(header)]
        if faults:
            raise BadVotesFile(path, faults)
        columns = _columns(header, records, faults)
    if not faults and not len(columns.lines):
        raise BadVotesFile(path, [Fault(1, "there is no vote below the names of the columns")])
    return columns, faults


def _decoded(file: TextIO, faults: list[Fault]) -> Iterator[str]:
    for number, line in enumerate(file, start=1):
        if not line.isascii() and UNDECODED.search(line):
            faults.append(Fault(number, "this is not UTF-8; save the file as “CSV UTF-8”"))
        yield line


def _records(lines: Iterable[str], faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on (a quoted field may hold line breaks). Blank lines are no records."""
    reader = csv.reader(lines, strict=True)
    while True:
        first_line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(Fault(first_line, f"this is not CSV: {error}"))
            continue
        if fields:
            yield first_line, fields


def _header_faults(header: list[str]) -> Iterator[str]:
    if not header:
        yield "the file is empty; it must begin with the names of the columns: " + ",".join(REQUIRED)
        return
    if missing := [name for name in REQUIRED if name not in header]:
        yield f"these columns are missing: {', '.join(missing)}; the file must begin with {','.join(REQUIRED)}"
    elif tuple(header[: len(REQUIRED)]) != REQUIRED:
        yield f"the first ten columns must be {','.join(REQUIRED)}, in this order; other columns follow them"
    for name in sorted({*REQUIRED, *OPTIONAL}):
        if header.count(name) > 1:
            yield f"the column {name} is there {header.count(name)} times"


def _columns(header: list[str], records: Iterable[tuple[int, list[str]]], faults: list[Fault]) -> Columns:
    lines = array("q")
    places = [header.index(name) for name in (*REQUIRED, *OPTIONAL) if name in header]
    seen: list[dict[str, int]] = [{} for _ in places]
    codes = [array("q") for _ in places]
    filling = list(zip(places, seen, codes, strict=True))
    for line, fields in records:
        if len(fields) != len(header):
            faults.append(Fault(line, f"there are {len(fields)} fields where the first line names {len(header)} columns"))
            continue
        lines.append(line)
        for place, known, column in filling:
            column.append(known.setdefault(fields[place], len(known)))
    defaults = {name: Column([text], np.zeros(len(lines), np.int64)) for name, text in DEFAULTS.items()}
    found = {header[place]: Column(list(known), np.array(column, np.int64)) for place, known, column in filling}
    return Columns(np.array(lines, np.int64), defaults | found)
