"""A Parquet file of votes: the same columns as in CSV, in any order, typed or as texts; null is blank."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.arrow_columns import column_of
from analysis.columns import Column, Columns, Layout, columns_of, header_faults
from analysis.faults import ROW, BadVotesFile, Fault

MAGIC = b"PAR1"
WHOLE_FILE = 0


def is_parquet(path: Path) -> bool:
    """Whether the file begins as Parquet files do, whatever it is called. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def parse_parquet(path: Path, layout: Layout) -> Columns:
    """The columns of all rows; rows are numbered from 1. Lists, structures and bytes that are not known columns are left out.

    Raises BadVotesFile where the file as a whole cannot be used, OSError where it cannot be read.
    """
    table = _table(path)
    header = table.column_names
    faults = list(header_faults(layout, header)) + [
        f"the column {name} holds {table.field(name).type}; write it as texts"
        for name in header
        if name in layout.known and header.count(name) == 1 and pa.types.is_nested(table.field(name).type)
    ]
    if not faults and layout.empty and not len(table):
        faults = [layout.empty]
    if faults:
        raise _refused(path, *faults)
    plain = [name for name in header if name in layout.known or _is_plain(table.field(name).type)]
    return columns_of(layout, plain, [_column(path, table, name) for name in plain], np.arange(1, len(table) + 1), ROW)


def _is_plain(kind: pa.DataType) -> bool:
    bytes_alone = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    return not (bytes_alone or pa.types.is_nested(kind))


def _table(path: Path) -> pa.Table:
    try:
        schema = pq.read_schema(path)
        texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            return file.read()
    except pa.ArrowException as error:
        raise _refused(path, f"this Parquet file cannot be read: {error}; write it again") from error


def _column(path: Path, table: pa.Table, name: str) -> Column:
    try:
        return column_of(table[name])
    except pa.ArrowException as error:
        raise _refused(path, f"the column {name} holds no texts: {error}; write it as texts") from error


def _refused(path: Path, *reasons: str) -> BadVotesFile:
    return BadVotesFile(path, [Fault(WHOLE_FILE, reason, unit=ROW) for reason in reasons])
