"""A paper's table: per prompt set, no clear winner first, then the conditions; per criterion their shares of votes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.judges import NO_CLEAR_WINNER
from analysis.tally import TIE, BoolArray, Share, tally

NO_CLEAR_WINNER_ROW = "No Clear Winner"


@dataclass(frozen=True)
class Row:
    """No clear winner or a condition, with one share per criterion of the table."""

    method: str
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Block:
    """The rows of one prompt set."""

    prompt_set: str
    rows: tuple[Row, ...]

    @property
    def totals(self) -> tuple[int, ...]:
        """N, the number of votes, per criterion."""
        return tuple(share.total for share in self.rows[TIE].shares)


@dataclass(frozen=True)
class Excluded:
    """Votes that are in the data and in no share, and why."""

    reason: str
    votes: int
    workers: int


@dataclass(frozen=True)
class Table:
    """A study's table, with what every rendering of it must say."""

    study: str
    criteria: tuple[str, ...]
    blocks: tuple[Block, ...]
    rehearsal: bool
    unscreened: str  # why images were not screened for NSFW, "" where they were
    excluded: tuple[Excluded, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences to print with the table, prominently."""
        rehearsal = ("Rehearsal: synthetic voters, not people",) if self.rehearsal else ()
        unscreened = (f"Images not screened for NSFW: {self.unscreened}",) if self.unscreened else ()
        return rehearsal + unscreened

    @property
    def shows_all_always(self) -> bool:
        """Whether every comparison of a block showed every condition of it, so that the shares of a column add up."""
        rows = ((row.shares, block.totals) for block in self.blocks for row in block.rows)
        return all(share.total == total for shares, totals in rows for share, total in zip(shares, totals, strict=True))


def tables_of(votes: pd.DataFrame) -> list[Table]:
    """A table for each study of a frame made by `read_votes`, in order of first appearance."""
    return [_table(str(study), votes_of_study) for study, votes_of_study in votes.groupby("study", sort=False)]


def _table(study: str, votes: pd.DataFrame) -> Table:
    prompt_set, prompt_sets = pd.factorize(votes["prompt_set"])
    criterion, criteria = pd.factorize(votes["criterion"])
    choice, choices = pd.factorize(votes["choice"])
    shown = _shown(votes)
    options = [NO_CLEAR_WINNER, *_row_order(votes, shown)]
    option = np.array([options.index(name) for name in choices])[choice]
    cell, counts = prompt_set * len(criteria) + criterion, _counts(votes)
    could = _could_be_chosen(votes, options)
    cells = tally(cell[counts], option[counts], len(prompt_sets) * len(criteria), len(options), could[counts])
    blocks = [
        Block(name, tuple(_rows(options, shown[name], cells[first : first + len(criteria)])))
        for name, first in zip(prompt_sets, range(0, len(cells), len(criteria)), strict=True)
    ]
    rehearsal = bool(votes["rehearsal"].any())
    return Table(study, tuple(criteria), tuple(blocks), rehearsal, _unscreened(votes), tuple(_excluded(votes[~counts])))


def _counts(votes: pd.DataFrame) -> BoolArray:
    """Which votes are not excluded, shape (votes,)."""
    reason, reasons = pd.factorize(votes["excluded"])
    return np.array([not text.strip() for text in reasons], np.bool_)[reason]


def _could_be_chosen(votes: pd.DataFrame, options: list[str]) -> BoolArray:
    """Which options each vote could have gone to, shape (votes, options)."""
    code, orders = pd.factorize(votes["shown"])
    names = [{NO_CLEAR_WINNER, *order.split("|")} for order in orders]
    return np.array([[option in shown for option in options] for shown in names], np.bool_)[code]


def _excluded(votes: pd.DataFrame) -> Iterator[Excluded]:
    """The votes of each reason, in order of first appearance."""
    reasons = votes["excluded"].astype(str).map(lambda text: " ".join(text.split()))
    for reason, votes_excluded in votes.groupby(reasons, sort=False):
        yield Excluded(str(reason), len(votes_excluded), votes_excluded["worker"].nunique())


def _shown(votes: pd.DataFrame) -> dict[str, set[str]]:
    """The conditions shown at least once with each prompt set."""
    shown: dict[str, set[str]] = {}
    for prompt_set, names in votes[["prompt_set", "shown"]].drop_duplicates().itertuples(index=False):
        shown.setdefault(prompt_set, set()).update(names.split("|"))
    return shown


def _row_order(votes: pd.DataFrame, shown: dict[str, set[str]]) -> list[str]:
    """The study's conditions as its file orders them, else by name, whatever the case.

    Never by the votes or the order of images: both are chance.
    """
    if given := str(votes["conditions"].iloc[0]).strip():
        return given.split("|")
    return sorted(set().union(*shown.values()), key=lambda name: (name.casefold(), name))


def _rows(options: list[str], shown: set[str], cells: list[list[Share]]) -> Iterator[Row]:
    for option, name in enumerate(options):
        shares = tuple(cell[option] for cell in cells)
        if option == TIE:
            yield Row(NO_CLEAR_WINNER_ROW, shares)
        elif name in shown:
            yield Row(name, shares)


def _unscreened(votes: pd.DataFrame) -> str:
    reasons = (" ".join(text.split()) for text in votes["unscreened"].unique())
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))
