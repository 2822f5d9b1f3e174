"""What the verification of a bundle found."""

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.bundle.differing import Differing


@dataclass(frozen=True)
class Verdict:
    """How much was compared, and all that does not agree.

    missing, extra, changed: paths of files against the list of checksums. images: sentences. numbers: of report.json and the
    tables, against what the votes make.
    """

    files: int
    votes: int
    compared: int  # values of report.json
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    changed: tuple[str, ...]
    images: tuple[str, ...]
    numbers: tuple[Differing, ...]

    @property
    def agrees(self) -> bool:
        return not (self.missing or self.extra or self.changed or self.images or self.numbers)

    def lines(self) -> Iterator[str]:
        """The verdict in words, a line for everything that does not agree."""
        yield f"{self.files} files, {self.votes} votes, {self.compared} values of report.json recomputed from them."
        yield from (f"missing: {name}" for name in self.missing)
        yield from (f"not in the list of checksums: {name}" for name in self.extra)
        yield from (f"changed: {name}" for name in self.changed)
        yield from (f"image: {fault}" for fault in self.images)
        yield from (f"differs: {number}" for number in self.numbers)
        yield "Everything agrees." if self.agrees else "Not everything agrees: the lines above say what does not."
