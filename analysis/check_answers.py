"""Answers to checks: the file that `manage.py export_votes STUDY --checks` writes (docs/votes.md), and gold among the votes."""

from pathlib import Path

import pandas as pd

from analysis.checks import find_faults
from analysis.columns import CHECKS
from analysis.faults import BadVotesFile
from analysis.parsing import parse

COLUMNS = ("study", "worker", "trial", "kind", "repeats", "criterion", "shown", "choice", "expected")


def read_checks(path: Path) -> pd.DataFrame:
    """One row per answer, in the file's order, indexed as by `read_votes`; texts alone, in the order of COLUMNS.

    kind: gold, repeat, attention or practice. repeats: the trial_name of the vote that a repeat shows again, "" for others.
    expected: the right choice, "" where none is known.
    Raises BadVotesFile with every faulty line, OSError where the file cannot be read.
    """
    columns, faults = parse(path, CHECKS)
    faults += find_faults(columns)
    if faults:
        raise BadVotesFile(path, faults)
    texts = {name: columns[name].categories().astype("str") for name in COLUMNS}
    return pd.DataFrame(texts, index=pd.Index(columns.lines, name=columns.unit))


def gold_rows(votes: pd.DataFrame) -> pd.DataFrame:
    """The answers to gold in a frame made by `read_votes`, as rows of `read_checks`, excluded ones too.

    Where the file names no trials, they are named by their numbers.
    """
    gold = votes[votes["gold"] != ""]
    named = gold["trial_name"].astype("str")
    answers = gold.assign(
        kind="gold", repeats="", expected=gold["gold"], trial=named.where(named != "", gold["trial"].astype("str"))
    )
    return answers[list(COLUMNS)].astype("str")
