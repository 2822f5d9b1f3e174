"""The words that the printed renderings share."""

from analysis.tables import Table
from analysis.tally import Share

PROMPT_SET, METHOD, SHARES, TOTAL = "Prompt set", "Method", "Share of votes", "N"


def heading(criterion: str) -> str:
    """A criterion as the head of a column: its first letter is a capital."""
    return criterion[:1].upper() + criterion[1:]


def percent(share: Share) -> str:
    """As in the paper: 17.19%; a dash where nobody voted."""
    return "–" if share.percent is None else f"{share.percent}%"


def explanation(table: Table) -> str:
    """What the numbers are."""
    votes = "synthetic votes" if table.rehearsal else "votes"
    return f"Share of {votes} per prompt set and criterion; {TOTAL} is the number of votes; the most chosen method is bold."


def caption(table: Table) -> str:
    """The notes and the explanation, so that a table copied with its caption keeps them."""
    return " ".join([*(f"{note}." for note in table.notes), explanation(table)])
