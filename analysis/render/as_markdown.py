"""Tables in GitHub's Markdown."""

import re
from collections.abc import Iterator, Sequence

from analysis.render.wording import METHOD, PROMPT_SET, TOTAL, explanation, heading, percent
from analysis.tables import Block, Table
from analysis.tally import Share

SPECIAL = re.compile(r"[\\`*_\[\]<>|~$#]|&(?=#?\w+;)")


def markdown_text(tables: Sequence[Table]) -> str:
    """A section for each study."""
    return "\n".join(line for table in tables for line in _section(table))


def _section(table: Table) -> Iterator[str]:
    yield f"## {_escaped(table.study)}\n"
    for note in table.notes:
        yield f"> **{_escaped(note)}**\n"
    yield f"{_escaped(explanation(table))}\n"
    yield _line([PROMPT_SET, METHOD, *(_escaped(heading(criterion)) for criterion in table.criteria)])
    yield _line([":---", ":---", *("---:" for _ in table.criteria)])
    for block in table.blocks:
        yield from _lines(block)
    yield ""


def _lines(block: Block) -> Iterator[str]:
    """The prompt set stands beside its first row alone."""
    for number, row in enumerate(block.rows):
        prompt_set = "" if number else _escaped(block.prompt_set)
        yield _line([prompt_set, _escaped(row.method), *map(_cell, row.shares)])
    yield _line(["", TOTAL, *map(str, block.totals)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(share: Share) -> str:
    return f"**{percent(share)}**" if share.best else percent(share)


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text)
