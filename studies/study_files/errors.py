"""What is wrong with a study file, and where."""

from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """A line and a column of a file, from 1."""

    line: int
    column: int


class BadStudyFile(ValueError):
    """A file that is no study; each sentence begins with the file, the line and the column."""

    def __init__(self, path: Path, faults: list[tuple[Place, str]]) -> None:
        self.path, self.faults = path, sorted(faults)
        super().__init__("\n".join(f"{path}:{place.line}:{place.column}: {sentence}" for place, sentence in self.faults))
