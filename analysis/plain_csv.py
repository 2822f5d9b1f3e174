"""A CSV file without anything odd, at the speed of pyarrow.

Where anything is odd it is left to the exact parser, which says what and where. Both make the same columns of the same file.
"""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, read_csv

from analysis.arrow_columns import column_of
from analysis.columns import Columns, Layout, columns_of
from analysis.csv_records import BLOCK, Bytes, records_of
from analysis.exact_csv import csv_header_faults

BYTE_ORDER_MARK = np.frombuffer(b"\xef\xbb\xbf", np.uint8)


def parse_plain(path: Path, layout: Layout) -> Columns | None:
    """The columns, or None where the exact parser has to look. Raises OSError where the file cannot be read."""
    text = _without_mark(np.frombuffer(path.read_bytes(), np.uint8))
    records = records_of(text)
    if records is None or records.is_blank[:1].any() or records.is_blank[1:].all():
        return None
    header = _header(text[: records.ends[0]])
    if any(csv_header_faults(layout, header)) or records.longest > csv.field_size_limit():
        return None
    lines = records.lines[1:][~records.is_blank[1:]]
    table = _table(text, len(header), span_lines=records.span_lines)
    if table is None or len(table) != len(lines):
        return None
    return columns_of(layout, header, [column_of(column) for column in table.columns], lines)


def _without_mark(text: Bytes) -> Bytes:
    begun = len(BYTE_ORDER_MARK)
    return text[begun:] if np.array_equal(text[:begun], BYTE_ORDER_MARK) else text


def _header(line: Bytes) -> list[str]:
    """The names of the columns, none where they are not UTF-8 or break lines."""
    try:
        names = line.tobytes().decode()
    except UnicodeDecodeError:
        return []
    return next(csv.reader([names], strict=True)) if "\n" not in names else []


def _table(text: Bytes, width: int, *, span_lines: bool) -> pa.Table | None:
    """All fields below the header, each distinct text once; None where fields are missing or too many, or not UTF-8."""
    names = [str(place) for place in range(width)]
    texts = dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string()))
    try:
        return read_csv(
            pa.BufferReader(pa.py_buffer(text)),
            read_options=ReadOptions(column_names=names, skip_rows=1, block_size=BLOCK),
            parse_options=ParseOptions(newlines_in_values=span_lines),
            convert_options=ConvertOptions(column_types=texts, null_values=[], strings_can_be_null=False),
        )
    except pa.ArrowException:
        return None
