"""Where the records of a CSV file begin and end, found for all of its bytes at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.columns import BoolArray, IntArray

Bytes = npt.NDArray[np.uint8]

NUL, NEWLINE, RETURN, QUOTE, COMMA = b'\0\n\r",'
BLOCK = 1 << 22  # bytes looked at together


@dataclass(frozen=True)
class Records:
    """Records in the file's order, shape (records,), blank ones too."""

    ends: IntArray  # the position of the newline after it, or the file's length
    lines: IntArray  # the line on which it begins, from 1
    is_blank: BoolArray
    longest: int  # bytes
    span_lines: bool  # whether a record holds a line break


def records_of(text: Bytes) -> Records | None:
    """The records of a file's bytes, shape (bytes,); None where odd quotes or control characters leave them in doubt."""
    newlines, quotes = _positions(text, NEWLINE), _positions(text, QUOTE)
    if not _is_well_quoted(text, quotes) or len(_positions(text, NUL)) or not _returns_end_lines(text):
        return None
    end_records = np.searchsorted(quotes, newlines) % 2 == 0  # the others stand between two quotes
    ends = newlines[end_records]
    if len(text) and text[-1] != NEWLINE:
        ends = np.append(ends, len(text))
    lines = np.append(1, np.flatnonzero(end_records) + 2)[: len(ends)]
    lengths = np.diff(ends, prepend=-1) - 1
    is_blank = (lengths == 0) | ((lengths == 1) & (_bytes_at(text, ends - 1) == RETURN))
    return Records(ends, lines, is_blank, int(lengths.max(initial=0)), not end_records.all())


def _positions(text: Bytes, byte: int) -> IntArray:
    """Where a byte stands; block by block, so that it takes little memory."""
    blocks = (np.flatnonzero(text[start : start + BLOCK] == byte) + start for start in range(0, len(text), BLOCK))
    return np.concatenate([np.empty(0, np.int64), *blocks])


def _bytes_at(text: Bytes, places: IntArray) -> Bytes:
    """The bytes at some positions; newlines before the first and after the last."""
    found = np.full(len(places), NEWLINE, np.uint8)
    within = (places >= 0) & (places < len(text))
    found[within] = text[places[within]]
    return found


def _is_well_quoted(text: Bytes, quotes: IntArray) -> bool:
    """Whether all quotes stand around whole fields, or twice within one. Then they open and close by turns."""
    opened = np.isin(_bytes_at(text, quotes[::2] - 1), (COMMA, NEWLINE, QUOTE)).all()
    closed = np.isin(_bytes_at(text, quotes[1::2] + 1), (COMMA, NEWLINE, RETURN, QUOTE)).all()
    return len(quotes) % 2 == 0 and bool(opened) and bool(closed)


def _returns_end_lines(text: Bytes) -> bool:
    """Whether no carriage return stands without a newline."""
    return bool((_bytes_at(text, _positions(text, RETURN) + 1) == NEWLINE).all())
