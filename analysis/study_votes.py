"""One study's votes as codes in plain arrays: what every statistic is computed from."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.judges import NO_CLEAR_WINNER, NO_CLEAR_WINNER_ROW
from analysis.tally import TIE

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

NOWHERE = -1  # the chosen position of a vote for no clear winner, which stands at none


@dataclass(frozen=True, eq=False)
class StudyVotes:
    """Votes of one study. Names by code; then one code for each vote, shape (votes,), int64.

    Options: 0 is no clear winner, i + 1 is conditions[i]. A pair is a (prompt set, prompt, seed): the unit that images belong
    to. A comparison is a pair with the set of conditions shown together; where all are always shown, the two are one.
    """

    study: str
    prompt_sets: tuple[str, ...]
    criteria: tuple[str, ...]
    conditions: tuple[str, ...]  # in the order of the table's rows
    workers: tuple[str, ...]
    orders: tuple[tuple[int, ...], ...]  # the conditions shown, Image 1 first, by codes of conditions

    prompt_set: IntArray
    criterion: IntArray
    pair: IntArray
    comparison: IntArray
    worker: IntArray
    trial: IntArray
    order: IntArray
    option: IntArray

    def __len__(self) -> int:
        return len(self.option)

    @property
    def options(self) -> tuple[str, ...]:
        return (NO_CLEAR_WINNER, *self.conditions)

    @property
    def methods(self) -> tuple[str, ...]:
        """The options as the rows of a table name them."""
        return (NO_CLEAR_WINNER_ROW, *self.conditions)

    @cached_property
    def sets(self) -> tuple[tuple[int, ...], ...]:
        """The sets of conditions shown together, each by its conditions' codes in rising order, in order of appearance."""
        return tuple(dict.fromkeys(tuple(sorted(order)) for order in self.orders))

    @cached_property
    def together(self) -> IntArray:
        """The set of conditions that each vote was shown, shape (votes,)."""
        return np.array([self.sets.index(tuple(sorted(order))) for order in self.orders], np.int64)[self.order]

    @cached_property
    def could(self) -> BoolArray:
        """Which options a vote on each set of conditions could go to, shape (sets, options)."""
        could = np.zeros((len(self.sets), len(self.options)), np.bool_)
        could[:, TIE] = True
        for number, conditions in enumerate(self.sets):
            could[number, np.array(conditions) + 1] = True
        return could

    @cached_property
    def position(self) -> IntArray:
        """The position of each chosen image from 0; NOWHERE for no clear winner. Shape (votes,)."""
        positions = np.full((len(self.orders), len(self.options)), NOWHERE, np.int64)
        for number, order in enumerate(self.orders):
            positions[number, np.array(order) + 1] = range(len(order))
        return positions[self.order, self.option]

    @property
    def shows_all_always(self) -> bool:
        """Whether every comparison shows every condition."""
        return len(self.sets) == 1

    def only(self, rows: BoolArray) -> "StudyVotes":
        """Some of the votes, with the same names and codes; rows has shape (votes,)."""
        kept = {name: getattr(self, name)[rows] for name in CODES}
        names = {name: getattr(self, name) for name in NAMES}
        return StudyVotes(**names, **kept)


NAMES = ("study", "prompt_sets", "criteria", "conditions", "workers", "orders")
CODES = ("prompt_set", "criterion", "pair", "comparison", "worker", "trial", "order", "option")


def studies_of(votes: pd.DataFrame) -> Iterator[tuple[StudyVotes, pd.DataFrame]]:
    """The votes that count of each study of a frame made by `read_votes`, and all votes of that study, excluded ones too.

    Answers to gold are in neither: they are checks (`gold_rows` has them). Studies, prompt sets and criteria come in order of
    first appearance among all votes of the study.
    """
    for study, rows in votes[~_holds_text(votes["gold"])].groupby("study", sort=False, observed=True):
        yield coded(str(study), rows).only(counts(rows)), rows


def counts(votes: pd.DataFrame) -> BoolArray:
    """Which votes count: those that are not excluded, shape (votes,)."""
    return ~_holds_text(votes["excluded"])


def _holds_text(column: "pd.Series[str]") -> BoolArray:
    """Where a column of texts is not blank, shape (votes,)."""
    return np.array([bool(str(text).strip()) for text in column.cat.categories], np.bool_)[column.cat.codes]


def coded(study: str, votes: pd.DataFrame) -> StudyVotes:
    """All votes of one study of a frame made by `read_votes`, excluded ones too.

    Workers and pairs are numbered by their names, so that those drawn anew by a bootstrap do not hang on the order of the rows.
    """
    named = {name: _factorized(votes[name]) for name in ("prompt_set", "criterion", "shown", "choice")}
    shown, choices = named["shown"][1], named["choice"][1]
    conditions = _conditions(votes, shown)
    code = {name: number for number, name in enumerate(conditions)}
    options = np.array([code[name] + 1 if name != NO_CLEAR_WINNER else TIE for name in choices], np.int64)
    orders = tuple(tuple(code[name] for name in order.split("|")) for order in shown)
    together = pd.factorize(np.array(["|".join(map(str, sorted(order))) for order in orders], object))[0]
    worker, workers = _sorted(votes["worker"])
    pair = _pairs(votes)
    return StudyVotes(
        study=study,
        prompt_sets=named["prompt_set"][1],
        criteria=named["criterion"][1],
        conditions=conditions,
        workers=workers,
        orders=orders,
        prompt_set=named["prompt_set"][0],
        criterion=named["criterion"][0],
        pair=pair,
        comparison=joined(pair, together[named["shown"][0]]),
        worker=worker,
        trial=pd.factorize(votes["trial"])[0].astype(np.int64),
        order=named["shown"][0],
        option=options[named["choice"][0]],
    )


def _factorized(column: "pd.Series[str]") -> tuple[IntArray, tuple[str, ...]]:
    """Codes by first appearance, and the values in that order; from the codes of the categories, which is fast."""
    codes, found = pd.factorize(column.cat.codes.to_numpy())
    return codes.astype(np.int64), tuple(str(value) for value in column.cat.categories[found])


def _sorted(column: "pd.Series[str]") -> tuple[IntArray, tuple[str, ...]]:
    """Codes by the order of the values, and the values in that order."""
    codes, values = _factorized(column)
    order = sorted(range(len(values)), key=values.__getitem__)
    rank = np.empty(len(values), np.int64)
    rank[order] = range(len(values))
    return rank[codes], tuple(values[number] for number in order)


def _pairs(votes: pd.DataFrame) -> IntArray:
    """The pair of each vote, numbered by prompt set, prompt and seed."""
    seed = np.unique(votes["seed"], return_inverse=True)[1]
    prompt_set, prompt = (_sorted(votes[name])[0] for name in ("prompt_set", "prompt"))
    key = (prompt_set * (prompt.max(initial=0) + 1) + prompt) * (seed.max(initial=0) + 1) + seed
    return np.unique(key, return_inverse=True)[1]


def joined(*columns: IntArray) -> IntArray:
    """One code for each distinct combination of codes from 0, numbered from 0 by first appearance, shape (rows,)."""
    key = np.zeros_like(columns[0], np.int64)
    for codes in columns:
        key = pd.factorize(key * (codes.max(initial=0) + 1) + codes)[0].astype(np.int64)
    return key


def _conditions(votes: pd.DataFrame, shown: tuple[str, ...]) -> tuple[str, ...]:
    """The study's conditions as its file orders them, else by name, whatever the case.

    Never by the votes or the order of images: both are chance.
    """
    if given := str(votes["conditions"].iloc[0]).strip():
        return tuple(given.split("|"))
    names = {name for order in shown for name in order.split("|")}
    return tuple(sorted(names, key=lambda name: (name.casefold(), name)))
