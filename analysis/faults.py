"""What can be wrong with a votes file, told line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Fault:
    """A line of the file, counted from 1 as an editor counts, and what is wrong there."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class BadVotesFile(ValueError):
    """The file was refused as a whole; `faults` holds every faulty line, in the file's order."""

    def __init__(self, path: Path, faults: Iterable[Fault]) -> None:
        self.path = path
        self.faults = tuple(sorted(faults))
        listed = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{path} was refused; nothing of it is used. Correct these lines (docs/votes.md says how):\n{listed}")
