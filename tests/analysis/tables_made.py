"""Tables for tests of what is printed, with intervals and tests in their cells."""

from fractions import Fraction

from analysis.exclusions import Excluded
from analysis.tables import Block, Row, Table
from analysis.tally import Interval, Share

FEW = "only 3 workers: the interval may be too narrow"


def cell(votes: int, total: int = 20, *, best: bool = False, ties: int = 0, p: float | None = None, warning: str = "") -> Share:
    """A share with an interval from 10 points below it to 10 above it, and from 5 to 20 if ties are split."""
    percent = 100 * votes / total
    return Share(
        votes,
        total,
        best,
        ties=Fraction(ties),
        interval=Interval(percent - 10, percent + 10, warning),
        interval_if_split=Interval(percent - 5, percent + 20, warning),
        p=p,
    )


def table_of_conditions(*conditions: str, study: str = "demo", prompt_set: str = "A&E", criterion: str = "quality") -> Table:
    """Twenty votes: four for none, the last condition best with what is left, p = .004; the same again by subset names."""
    lost = [Row(name, (cell(1, ties=1),)) for name in conditions[:-1]]
    best = Row(conditions[-1], (cell(16 - len(lost), ties=4 - len(lost), best=True, p=0.004, warning=FEW),))
    rows = (Row("No Clear Winner", (cell(4),)), *lost, best)
    return Table(
        study,
        (criterion,),
        (Block(prompt_set, rows, (20,)), Block(prompt_set, rows, (20,), subset=f"{prompt_set} part")),
        rehearsal=True,
        unscreened=f"{study} was drawn",
        excluded=(Excluded(f"{study} too fast", votes=8, workers=1),),
    )
