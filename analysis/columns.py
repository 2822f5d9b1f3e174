"""A votes file's columns as codes of distinct values, so that each distinct value is judged once; and which columns it has."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.faults import LINE

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Layout:
    """The columns of one kind of file. Others may be there too."""

    required: tuple[str, ...]
    defaults: Mapping[str, str]  # what a file without the column says
    optional: tuple[str, ...] = ()  # without a default
    empty: str | None = None  # what is wrong with a file without records

    @property
    def known(self) -> tuple[str, ...]:
        return (*self.required, *self.optional, *self.defaults)


VOTES = Layout(
    required=("study", "prompt_set", "prompt", "seed", "worker", "criterion", "shown", "choice", "answered_at", "seconds"),
    optional=("trial",),
    defaults={"rehearsal": "0"}
    | dict.fromkeys(("unscreened", "conditions", "excluded", "subset", "gold", "session", "channel"), ""),
    empty="there is no vote below the names of the columns",
)
CHECKS = Layout(
    required=(
        *("study", "worker", "trial", "kind", "repeats", "prompt_set", "prompt", "seed"),
        *("criterion", "shown", "expected", "choice", "answered_at", "seconds"),
    ),
    defaults={"rehearsal": "0", "excluded": ""},
)


@dataclass(frozen=True)
class Column:
    """One column: its distinct values in order of first appearance, and the code of each line, shape (lines,)."""

    values: list[str]
    codes: IntArray

    def where(self, is_bad: Callable[[str], bool]) -> BoolArray:
        """Which lines hold a bad value, shape (lines,)."""
        return np.fromiter(map(is_bad, self.values), dtype=np.bool_, count=len(self.values))[self.codes]

    @cached_property
    def is_blank(self) -> BoolArray:
        """Which values hold nothing but blanks, shape (values,)."""
        return np.array([not text or text.isspace() for text in self.values], np.bool_)

    def at(self, row: int | np.int64) -> str:
        """The value on a row, counted from 0."""
        return self.values[int(self.codes[row])]

    def categories(self) -> pd.Categorical:
        """The texts as pandas keeps them, categories in order of first appearance."""
        return pd.Categorical.from_codes(self.codes, pd.Index(self.values, dtype="str"))


@dataclass(frozen=True)
class Columns:
    """The records that have the right number of fields: the line each begins on, its known columns, and all others."""

    lines: IntArray
    by_name: dict[str, Column]
    others: dict[str, Column] = field(default_factory=dict)
    unit: str = LINE

    def __getitem__(self, name: str) -> Column:
        return self.by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def only(self, rows: BoolArray) -> "Columns":
        """The chosen lines and the known columns alone, shape of rows: (lines,)."""
        kept = {name: Column(column.values, column.codes[rows]) for name, column in self.by_name.items()}
        return Columns(self.lines[rows], kept, unit=self.unit)


def columns_of(layout: Layout, header: Sequence[str], found: Sequence[Column], lines: IntArray, unit: str = LINE) -> Columns:
    """The columns of a file by name, absent ones by their defaults; nameless ones are left out, as nobody can ask for them."""
    known = {name: Column([text], np.zeros(len(lines), np.int64)) for name, text in layout.defaults.items()}
    others: dict[str, Column] = {}
    for name, column in zip(header, found, strict=True):
        if name in layout.known:
            known[name] = column
        elif name.strip():
            others[_free_name(name, others)] = column
    return Columns(lines, known, others, unit)


# Names that the frame of votes gives itself, so that a file's own column of that name needs another.
TAKEN = ("trial_name", "line", "row")


def _free_name(name: str, others: Mapping[str, Column]) -> str:
    """The name, or with as many “_” after it as make it the only one."""
    while name in others or name in TAKEN:
        name += "_"
    return name


SEPARATORS = {";": "semicolons", "\t": "tabs"}
WORKBOOK = "PK\x03\x04"


def _hint(header: Sequence[str]) -> str:
    """What may be the matter with a file that has none of the columns."""
    first = header[0] if header else ""
    if first.startswith(WORKBOOK):
        return ". This is a workbook: save it as “CSV UTF-8”"
    found = [name for separator, name in SEPARATORS.items() if separator in first]
    return f". Fields seem to be separated by {found[0]}; they must be by commas" if found else ""


def header_faults(layout: Layout, header: Sequence[str]) -> Iterator[str]:
    """What is wrong with the names of a file's columns, whatever their order."""
    if missing := [name for name in layout.required if name not in header]:
        yield f"these columns are missing: {', '.join(missing)}; the file needs {','.join(layout.required)}{_hint(header)}"
    for name in sorted(layout.known):
        if header.count(name) > 1:
            yield f"the column {name} is there {header.count(name)} times"
    for name in header:
        if name not in layout.known and (meant := name.strip().casefold()) in layout.known:
            yield f"the column “{name}” would be ignored; write {meant}, or name it quite differently"
