"""What was excluded, and how the shares would be with it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.outcomes import counts_of, outcomes_of, shares_of
from analysis.study_votes import BoolArray, StudyVotes, coded, counts
from analysis.tally import TIE


@dataclass(frozen=True)
class Excluded:
    """Votes that are in the data and in no share, and why."""

    reason: str
    votes: int
    workers: int


@dataclass(frozen=True)
class Effect:
    """A share as it is and as it would be with the excluded votes, in per cent; None where there are no votes to take it of."""

    prompt_set: str
    method: str
    criterion: str
    percent: float | None
    percent_with_excluded: float | None


def excluded(rows: pd.DataFrame) -> tuple[Excluded, ...]:
    """The reasons of a study's rows, by falling number of votes and then in alphabetical order. Blanks in a reason are one."""
    out = rows.loc[~counts(rows), ["excluded", "worker"]].astype("str")
    of_reason = out["worker"].groupby(out["excluded"].map(one_line))
    found = [Excluded(str(reason), len(workers), workers.nunique()) for reason, workers in of_reason]
    return tuple(sorted(found, key=lambda each: (-each.votes, each.reason)))


def effects(votes: StudyVotes, rows: pd.DataFrame) -> tuple[Effect, ...]:
    """Per prompt set, for no clear winner and each condition that it shows, per criterion; empty where nothing was excluded.

    votes: those of the rows that count.
    """
    if len(votes) == len(rows):
        return ()
    return tuple(_effects(votes, with_excluded(votes, rows)))


def with_excluded(votes: StudyVotes, rows: pd.DataFrame) -> StudyVotes:
    """All votes of a study, under the same codes as those that count."""
    return votes if len(votes) == len(rows) else coded(votes.study, rows)


def one_line(reason: str) -> str:
    """A reason as the tables print it."""
    return " ".join(reason.split())


def _effects(votes: StudyVotes, every: StudyVotes) -> Iterator[Effect]:
    outcomes = outcomes_of(every)
    percent, with_all = (100 * shares_of(counts_of(each, outcomes), outcomes) for each in (votes, every))
    for prompt_set, option in np.argwhere(_could_win(every)):
        for criterion, name in enumerate(votes.criteria):
            place = prompt_set, criterion, option
            method = votes.methods[option]
            yield Effect(votes.prompt_sets[prompt_set], method, name, _defined(percent[place]), _defined(with_all[place]))


def _could_win(votes: StudyVotes) -> BoolArray:
    """The options that each prompt set shows, shape (prompt sets, options)."""
    shown = np.zeros((len(votes.prompt_sets), len(votes.options)), np.bool_)
    prompt_set, together = np.divmod(np.unique(votes.prompt_set * len(votes.sets) + votes.together), len(votes.sets))
    np.logical_or.at(shown, prompt_set, votes.could[together])
    shown[:, TIE] = True
    return shown


def _defined(percent: float) -> float | None:
    return None if np.isnan(percent) else float(percent)
