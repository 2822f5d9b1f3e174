"""A CSV file record by record: slow, and exact about what is wrong on which line."""

import csv
import re
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

import numpy as np

from analysis.columns import Column, Columns, Layout, columns_of, header_faults
from analysis.faults import BadVotesFile, Fault

UNDECODED = re.compile("[\udc80-\udcff]")  # what errors="surrogateescape" makes of bytes that are not UTF-8


def parse_exactly(path: Path, layout: Layout) -> tuple[Columns, list[Fault]]:
    """Columns of the well-formed records, and the faults of the others.

    Raises BadVotesFile where nothing can be said about single lines (no header or a wrong one, no votes), OSError
    where the file cannot be read.
    """
    faults: list[Fault] = []
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        records = _records(_decoded(file, faults), faults)
        header = next(records, (1, []))[1]
        faults += [Fault(1, reason) for reason in csv_header_faults(layout, header)]
        if faults:
            raise BadVotesFile(path, faults)
        columns = _columns(layout, header, records, faults)
    if layout.empty and not faults and not len(columns.lines):
        raise BadVotesFile(path, [Fault(1, layout.empty)])
    return columns, faults


def csv_header_faults(layout: Layout, header: list[str]) -> Iterator[str]:
    """What is wrong with the first record of a CSV file."""
    if not header:
        yield "the file is empty; it must begin with the names of the columns: " + ",".join(layout.required)
        return
    yield from header_faults(layout, header)
    first = len(layout.required)
    if set(layout.required) <= set(header) and tuple(header[:first]) != layout.required:
        number = {10: "ten", 14: "fourteen"}[first]
        yield f"the first {number} columns must be {','.join(layout.required)}, in this order; other columns follow them"


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
            faults.append(
                Fault(first_line, f"this is not CSV: {error}", "close every quote, and write a quote in a field twice")
            )
            continue
        if fields:
            yield first_line, fields


def _columns(layout: Layout, header: list[str], records: Iterable[tuple[int, list[str]]], faults: list[Fault]) -> Columns:
    lines = array("q")
    seen: list[dict[str, int]] = [{} for _ in header]
    codes = [array("q") for _ in header]
    filling = list(zip(seen, codes, strict=True))
    for line, fields in records:
        if len(fields) != len(header):
            faults.append(
                Fault(
                    line,
                    f"there are {len(fields)} fields where the first line names {len(header)} columns",
                    "quote fields that hold commas",
                )
            )
            continue
        lines.append(line)
        for field, (known, column) in zip(fields, filling, strict=True):
            column.append(known.setdefault(field, len(known)))
    found = [Column(list(known), np.array(column, np.int64)) for known, column in filling]
    return columns_of(layout, header, found, np.array(lines, np.int64))
