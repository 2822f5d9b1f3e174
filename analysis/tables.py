"""A paper's table: per prompt set, no clear winner first, then the conditions; per criterion their shares of votes."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.exclusions import Excluded, excluded
from analysis.judges import NO_CLEAR_WINNER_ROW
from analysis.outcomes import Outcomes, counts_of, outcomes_of, votes_and_totals
from analysis.study_votes import BoolArray, FloatArray, StudyVotes, studies_of
from analysis.subsets import BETWEEN, by_subset
from analysis.tally import TIE, Share, with_best


@dataclass(frozen=True)
class Row:
    """No clear winner or a condition, with one share per criterion of the table."""

    method: str
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Block:
    """The rows of one prompt set, or of one subset of it."""

    prompt_set: str
    rows: tuple[Row, ...]
    totals: tuple[int, ...]  # N, the number of votes, per criterion
    subset: str = ""

    @property
    def key(self) -> str:
        """The block's name among the prompt sets of the votes that the table is of."""
        return f"{self.prompt_set}{BETWEEN}{self.subset}" if self.subset else self.prompt_set


@dataclass(frozen=True)
class Table:
    """A study's table, with what every rendering of it must say."""

    study: str
    criteria: tuple[str, ...]
    blocks: tuple[Block, ...]
    rehearsal: bool
    unscreened: str  # why images were not screened for NSFW, "" where they were
    excluded: tuple[Excluded, ...] = ()
    splits_ties: bool = False  # whether votes for no clear winner are split among the conditions, and have no row

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
    """The tables of each study of a frame made by `read_votes`, in order of first appearance.

    One with a block for each prompt set, then one with a block for each subset of a prompt set, if there are any.
    """
    return [table for counted, rows in studies_of(votes) for table in study_tables(counted, rows)]


def study_tables(votes: StudyVotes, rows: pd.DataFrame) -> list[Table]:
    """The one or two tables of a study; votes and rows as of `table_of`."""
    divided = by_subset(votes, rows)
    return [table_of(votes, rows)] + ([table_of(*divided)] if divided else [])


def table_of(votes: StudyVotes, rows: pd.DataFrame) -> Table:
    """votes: those that count. rows: all of the study; those that do not count keep their conditions' rows in the table."""
    return Table(
        study=votes.study,
        criteria=votes.criteria,
        blocks=tuple(_blocks(votes, _shown(votes, rows))),
        rehearsal=bool(rows["rehearsal"].any()),
        unscreened=_unscreened(rows),
        excluded=excluded(rows),
    )


def _blocks(votes: StudyVotes, shown: BoolArray) -> Iterator[Block]:
    """shown: which conditions to give a row in the block of each prompt set, shape (prompt sets, conditions)."""
    outcomes = outcomes_of(votes)
    counts = counts_of(votes, outcomes)
    for prompt_set, of_criteria, conditions in zip(votes.prompt_sets, counts, shown, strict=True):
        cells = [_cell(of_criterion, outcomes) for of_criterion in of_criteria]
        name, _, subset = prompt_set.partition(BETWEEN)
        methods = [(TIE, NO_CLEAR_WINNER_ROW)]
        methods += [(code + 1, condition) for code, condition in enumerate(votes.conditions) if conditions[code]]
        rows = tuple(Row(method, tuple(cell[option] for cell in cells)) for option, method in methods)
        yield Block(name, rows, tuple(share.total for share in rows[TIE].shares), subset)


def _cell(counts: FloatArray, outcomes: Outcomes) -> list[Share]:
    """The share of each option in one prompt set and criterion. counts: shape (outcomes,)."""
    votes, totals = votes_and_totals(counts, outcomes)
    tie, *conditions = (
        Share(int(chosen), int(total), best=False, ties=ties)
        for chosen, total, ties in zip(votes, totals, _ties(counts, outcomes), strict=True)
    )
    return [tie, *with_best(conditions)]


def _ties(counts: FloatArray, outcomes: Outcomes) -> list[Fraction]:
    """What each option gets of the votes for no clear winner, split equally among the conditions shown."""
    got = [Fraction(0)] * outcomes.could.shape[1]
    for outcome in np.flatnonzero(outcomes.option == TIE):
        conditions = np.flatnonzero(outcomes.could[outcomes.together[outcome]])[TIE + 1 :]
        for option in conditions:
            got[option] += Fraction(int(counts[outcome]), len(conditions))
    return got


def _shown(votes: StudyVotes, rows: pd.DataFrame) -> BoolArray:
    """The conditions shown at least once with each prompt set, shape (prompt sets, conditions)."""
    prompt_sets, orders = rows["prompt_set"].cat, rows["shown"].cat
    shape = (len(prompt_sets.categories), len(orders.categories))
    cell = prompt_sets.codes.to_numpy().astype(np.int64) * shape[1] + orders.codes.to_numpy()
    together = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape) > 0
    names = [set(order.split("|")) for order in orders.categories]
    has = np.array([[condition in order for condition in votes.conditions] for order in names], np.bool_)
    by_name = dict(zip(prompt_sets.categories, together @ has, strict=True))
    return np.array([by_name[name] for name in votes.prompt_sets])


def _unscreened(rows: pd.DataFrame) -> str:
    reasons = (" ".join(text.split()) for text in rows["unscreened"].unique())
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))
