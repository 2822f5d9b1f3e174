"""What can be wrong with a votes file, told line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

LINE, ROW = "line", "row"  # how files are counted: a CSV by lines as an editor shows them, a Parquet file by its rows from 1
MOST_LISTED = 200  # more are too many to read; `faults` has them all


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """A line or row of the file, counted from 1, and what is wrong there; line 0 is the file as a whole."""

    line: int
    reason: str
    advice: str = ""  # what to do, where the reason does not say so
    unit: str = LINE

    def __str__(self) -> str:
        told = f"{self.reason}; {self.advice}" if self.advice else self.reason
        return f"{self.unit} {self.line}: {told}" if self.line else told


class BadVotesFile(ValueError):
    """The file was refused as a whole; `faults` holds every faulty line, in the file's order."""

    def __init__(self, path: Path, faults: Iterable[Fault]) -> None:
        self.path = path
        self.faults = tuple(sorted(faults, key=attrgetter("line", "reason")))
        refused = f"{path} was refused; nothing of it is used. Correct these {self._places} (docs/votes.md says how):"
        super().__init__("\n  ".join([refused, *map(str, self.faults[:MOST_LISTED]), *self._more]))

    @property
    def _places(self) -> str:
        return "rows (counted from 1, the first vote)" if any(fault.unit == ROW for fault in self.faults) else "lines"

    @property
    def _more(self) -> list[str]:
        unlisted = self.faults[MOST_LISTED:]
        return [f"and {len(unlisted):,} more, down to {unlisted[-1].unit} {unlisted[-1].line:,}"] if unlisted else []
