"""The words that the printed renderings share."""

from analysis.exclusions import Excluded
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
    """What the numbers are, and which votes are not among them."""
    votes = "synthetic votes" if table.rehearsal else "votes"
    numbers = f"Share of {votes} per prompt set and criterion; {TOTAL} is the number of votes; the most chosen method is bold."
    apart = "" if table.shows_all_always else " The share of a method is of the votes on comparisons that showed it."
    without = f" Not counted: {excluded(table)}." if table.excluded else ""
    return numbers + apart + without


def excluded(table: Table) -> str:
    """How many votes of how many workers are not counted, and why; empty where all are."""
    return ", ".join(map(_excluded, table.excluded))


def _excluded(part: Excluded) -> str:
    return f"{_number(part.votes, 'vote')} of {_number(part.workers, 'worker')} ({part.reason})"


def _number(number: int, of: str) -> str:
    return f"{number} {of}" if number == 1 else f"{number} {of}s"


def caption(table: Table) -> str:
    """The notes and the explanation, so that a table copied with its caption keeps them."""
    return " ".join([*(f"{note}." for note in table.notes), explanation(table)])
