"""Whether one worker decides who wins."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.study_votes import BoolArray, IntArray, StudyVotes, joined
from analysis.tally import TIE


@dataclass(frozen=True)
class Influence:
    """Without this worker others win: in a prompt set, or over all of them (None).

    winners: the conditions with the largest share, as the table has them in bold; none where no condition has a vote.
    """

    worker: str
    criterion: str
    prompt_set: str | None
    winners: tuple[str, ...]
    winners_without: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """“Without w17, SD+DNP wins quality on Human instead of SD.”"""
        place = "over all prompt sets" if self.prompt_set is None else f"on {self.prompt_set}"
        verb = "win" if len(self.winners_without) > 1 else "wins"
        before, after = _listed(self.winners), _listed(self.winners_without)
        return f"Without {self.worker}, {after} {verb} {self.criterion} {place} instead of {before}."


def influences(votes: StudyVotes) -> tuple[Influence, ...]:
    """By criterion; first over all prompt sets, where there are several, then in each; workers by name."""
    everywhere, places = (None,) if len(votes.prompt_sets) > 1 else (), votes.prompt_sets
    asked = [(criterion, place) for criterion in votes.criteria for place in (*everywhere, *places)]
    first = votes.criterion * (len(everywhere) + len(places))
    cells = [first] * len(everywhere) + [first + len(everywhere) + votes.prompt_set]
    found = sorted(_changes(votes, cells, len(asked)), key=lambda change: (change[0], votes.workers[change[1]]))
    return tuple(
        Influence(votes.workers[worker], *asked[cell], _names(votes, before), _names(votes, after))
        for cell, worker, before, after in found
    )


def _changes(votes: StudyVotes, cells: list[IntArray], places: int) -> Iterator[tuple[int, int, BoolArray, BoolArray]]:
    """The cell and the worker of each change, and which conditions win with and without that worker.

    cells: the cells that each vote counts in, arrays of shape (votes,).
    """
    cell, worker, option, together = (
        np.concatenate(cells),
        *(np.tile(codes, len(cells)) for codes in (votes.worker, votes.option, votes.together)),
    )
    part = joined(worker, cell)  # what one worker adds to a cell
    parts = int(part.max(initial=-1)) + 1
    of_worker, of_cell = np.zeros((2, parts), np.int64)
    of_worker[part], of_cell[part] = worker, cell
    all_votes, added = (_votes(votes.could, codes, option, together, rows) for codes, rows in ((cell, places), (part, parts)))
    others = tuple(every[of_cell] - own for every, own in zip(all_votes, added, strict=True))
    before, after = _winners(*all_votes)[of_cell], _winners(*others)
    differs = (before != after).any(axis=1) & others[1].any(axis=1)  # without a vote left there is nothing to win
    for row in np.flatnonzero(differs):
        yield int(of_cell[row]), int(of_worker[row]), before[row], after[row]


def _votes(could: BoolArray, codes: IntArray, option: IntArray, together: IntArray, rows: int) -> tuple[IntArray, IntArray]:
    """By code, the votes of each condition and those that could have been its own, both of shape (rows, conditions)."""
    sets, options = could.shape
    chosen = np.bincount(codes * options + option, minlength=rows * options).reshape(rows, options)
    shown = np.bincount(codes * sets + together, minlength=rows * sets).reshape(rows, sets)
    return chosen[:, TIE + 1 :], shown @ could[:, TIE + 1 :].astype(np.int64)


def _winners(chosen: IntArray, possible: IntArray) -> BoolArray:
    """Which conditions have the largest share, and a vote; shape (rows, conditions).

    Quotients of fewer than 2²⁶ votes are equal as numbers of the machine if and only if they are equal.
    """
    share = np.divide(chosen, possible, out=np.zeros(chosen.shape), where=possible > 0)
    wins: BoolArray = (share == share.max(axis=1, keepdims=True)) & (chosen > 0)
    return wins


def _names(votes: StudyVotes, wins: BoolArray) -> tuple[str, ...]:
    return tuple(name for name, won in zip(votes.conditions, wins, strict=True) if won)


def _listed(names: tuple[str, ...]) -> str:
    if not names:
        return "nobody"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
