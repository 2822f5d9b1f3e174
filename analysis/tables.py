"""A paper's table: per prompt set, no clear winner first, then the conditions; per criterion their shares of votes."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.exclusions import Excluded
from analysis.outcomes import Outcomes, counts_of, outcomes_of, votes_and_totals
from analysis.study_votes import BoolArray, FloatArray, StudyVotes, counts, studies_of
from analysis.tally import TIE, Share, with_best

NO_CLEAR_WINNER_ROW = "No Clear Winner"


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
    return [table_of(counted, rows) for counted, rows in studies_of(votes)]


def table_of(votes: StudyVotes, rows: pd.DataFrame) -> Table:
    """votes: those that count. rows: all of the study; those that do not count keep their conditions' rows in the table."""
    return Table(
        study=votes.study,
        criteria=votes.criteria,
        blocks=tuple(_blocks(votes, _shown(votes, rows))),
        rehearsal=bool(rows["rehearsal"].any()),
        unscreened=_unscreened(rows),
        excluded=tuple(_excluded(rows[~counts(rows)])),
    )


def _blocks(votes: StudyVotes, shown: BoolArray) -> Iterator[Block]:
    """shown: which conditions to give a row in the block of each prompt set, shape (prompt sets, conditions)."""
    outcomes = outcomes_of(votes)
    counted = counts_of(votes, outcomes)
    for prompt_set, of_criteria, conditions in zip(votes.prompt_sets, counted, shown, strict=True):
        cells = [_cell(of_criterion, outcomes) for of_criterion in of_criteria]
        named = [(TIE, NO_CLEAR_WINNER_ROW)]
        named += [(code + 1, name) for code, name in enumerate(votes.conditions) if conditions[code]]
        rows = tuple(Row(name, tuple(cell[option] for cell in cells)) for option, name in named)
        yield Block(prompt_set, rows, tuple(share.total for share in rows[TIE].shares))


def _cell(counts: FloatArray, outcomes: Outcomes) -> list[Share]:
    """The share of each option in one prompt set and criterion. counts: shape (outcomes,)."""
    votes, totals = votes_and_totals(counts, outcomes)
    return with_best(
        [
            Share(int(chosen), int(total), best=False, ties=ties)
            for chosen, total, ties in zip(votes, totals, _ties(counts, outcomes), strict=True)
        ]
    )


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
    return (together @ has)[[prompt_sets.categories.get_loc(name) for name in votes.prompt_sets]]


def _excluded(votes: pd.DataFrame) -> Iterator[Excluded]:
    """The votes of each reason, in order of first appearance."""
    reasons = votes["excluded"].astype(str).map(lambda text: " ".join(text.split()))
    for reason, votes_excluded in votes.groupby(reasons, sort=False):
        yield Excluded(str(reason), len(votes_excluded), votes_excluded["worker"].nunique())


def _unscreened(rows: pd.DataFrame) -> str:
    reasons = (" ".join(text.split()) for text in rows["unscreened"].unique())
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))
