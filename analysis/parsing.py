"""A votes file, CSV or Parquet → its columns as codes of distinct values."""

from pathlib import Path

from analysis.columns import VOTES, Columns, Layout
from analysis.exact_csv import parse_exactly
from analysis.faults import Fault
from analysis.parquet import is_parquet, parse_parquet
from analysis.plain_csv import parse_plain


def parse(path: Path, layout: Layout = VOTES) -> tuple[Columns, list[Fault]]:
    """Columns of the well-formed records, and the faults of the others.

    Raises BadVotesFile where nothing can be said about single lines (no header or a wrong one, no votes), OSError
    where the file cannot be read.
    """
    if is_parquet(path):
        return parse_parquet(path, layout), []
    if columns := parse_plain(path, layout):
        return columns, []
    return parse_exactly(path, layout)
