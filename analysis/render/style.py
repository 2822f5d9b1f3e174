"""How tables are printed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.rounding import ROUNDINGS
from analysis.tally import Share, rounded

Numbers = Callable[[Sequence[Share]], list[str]]
NOTHING = "–"  # where nobody voted


@dataclass(frozen=True)
class TableStyle:
    """What to print of each cell.

    ties: "row", or "split" equally among the conditions shown. rounding: "each" by itself, or "largest-remainder".
    intervals, marks: of the share, and of significance, where the table's cells have them. counts: votes instead of per cent;
    intervals are of per cent and do not go with them.
    """

    ties: str = "row"
    rounding: str = "each"
    intervals: bool = False
    marks: bool = False
    counts: bool = False

    @property
    def numbers(self) -> Numbers:
        """What makes the texts of a column of its shares."""
        return _counts if self.counts else self._percents

    @property
    def shows_intervals(self) -> bool:
        return self.intervals and not self.counts

    @property
    def has_extras(self) -> bool:
        """Whether something stands beside the numbers."""
        return self.shows_intervals or self.marks

    def _percents(self, column: Sequence[Share]) -> list[str]:
        return [NOTHING if percent is None else f"{percent}%" for percent in ROUNDINGS[self.rounding](column)]


PLAIN = TableStyle()


def _counts(column: Sequence[Share]) -> list[str]:
    return [str(share.votes if isinstance(share.votes, int) else rounded(share.votes)) for share in column]
