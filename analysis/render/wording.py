"""The words that the printed renderings share."""

from collections.abc import Iterator

from analysis.clustering import ENOUGH_CLUSTERS
from analysis.exclusions import Excluded
from analysis.render.printed import Cell
from analysis.render.style import TableStyle
from analysis.rounding import adds_up
from analysis.tables import Block, Table
from analysis.tally import Share

PROMPT_SET, METHOD, TOTAL = "Prompt set", "Method", "N"
FEW = "†"


def title(table: Table) -> str:
    return f"{table.study}, by subset" if _is_by_subset(table) else table.study


def heading(criterion: str) -> str:
    """A criterion as the head of a column: its first letter is a capital."""
    return criterion[:1].upper() + criterion[1:]


def columns_heading(style: TableStyle) -> str:
    """Over all criteria."""
    return "Votes" if style.counts else "Share of votes"


def block_heading(block: Block) -> str:
    return f"{block.prompt_set}: {block.subset}" if block.subset else block.prompt_set


def beside(cell: Cell) -> str:
    """What stands beside a number, as plain text: ±3.18†**, or +3.20 −2.80 where the interval is not symmetric."""
    return around(cell) + FEW * cell.few + cell.mark


def around(cell: Cell) -> str:
    """The interval of a number."""
    if not cell.up:
        return ""
    return f"±{cell.up}" if cell.up == cell.down else f"+{cell.up} −{cell.down}"


def explanation(table: Table, style: TableStyle) -> str:
    """What the numbers are, and which votes are not among them."""
    return " ".join(_sentences(table, style))


def _sentences(table: Table, style: TableStyle) -> Iterator[str]:
    votes = "synthetic votes" if table.rehearsal else "votes"
    yield f"{_numbers(style).format(votes=votes)} per {_blocks(table)} and criterion;"
    yield f"{TOTAL} is the number of votes; the method with the largest share is bold."
    if table.splits_ties:
        yield "Each vote for no clear winner is split equally among the methods shown."
    if not table.shows_all_always:
        yield "The share of a method is of the votes on comparisons that showed it; compare two that met others head to head."
    yield from _of_style(table, style)
    if table.excluded:
        yield f"Not counted: {excluded(table)}."


def _numbers(style: TableStyle) -> str:
    return "Number of {votes}" if style.counts else "Share of {votes}"


def _blocks(table: Table) -> str:
    return "subset" if _is_by_subset(table) else "prompt set"


def _is_by_subset(table: Table) -> bool:
    return any(block.subset for block in table.blocks)


def _of_style(table: Table, style: TableStyle) -> Iterator[str]:
    if style.rounding != "each" and not style.counts:
        yield from _of_rounding(table)
    if style.shows_intervals:
        yield "± is the 95 % interval, clustered by comparison and by worker."
    if style.shows_intervals and _has_few(table):
        yield f"{FEW} From fewer than {ENOUGH_CLUSTERS} comparisons or workers: the interval may be too narrow."
    if style.marks and any(share.p is not None for share in _shares(table)):
        yield "Better than every other method of the block with adjusted p < .05 (*), .01 (**), .001 (***)."


def _of_rounding(table: Table) -> Iterator[str]:
    """Of the columns with votes."""
    columns = [column for block in table.blocks for column in zip(*(row.shares for row in block.rows), strict=True)]
    done = [adds_up(column) for column in columns if any(share.total for share in column)]
    if any(done):
        yield "Rounded so that columns add up to 100." if all(done) else "Columns of all votes are rounded to add up to 100."


def _has_few(table: Table) -> bool:
    return any(share.interval.warning for share in _shares(table) if share.interval)


def _shares(table: Table) -> Iterator[Share]:
    return (share for block in table.blocks for row in block.rows for share in row.shares)


def excluded(table: Table) -> str:
    """How many votes of how many workers are not counted, and why; empty where all are."""
    return ", ".join(map(_excluded, table.excluded))


def _excluded(part: Excluded) -> str:
    return f"{_number(part.votes, 'vote')} of {_number(part.workers, 'worker')} ({part.reason})"


def _number(number: int, of: str) -> str:
    return f"{number} {of}" if number == 1 else f"{number} {of}s"


def caption(table: Table, style: TableStyle) -> str:
    """The notes and the explanation, so that a table copied with its caption keeps them."""
    return " ".join([*(f"{note}." for note in table.notes), explanation(table, style)])
