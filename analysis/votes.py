"""A votes file (docs/votes.md) → one tidy, validated frame. Either the whole file is good or all of it is refused."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.checks import find_faults, trials
from analysis.columns import Column, Columns
from analysis.faults import BadVotesFile
from analysis.judges import TRUTH, moment
from analysis.parsing import parse

TEXTS = (
    *("study", "prompt_set", "prompt", "worker", "criterion", "shown", "choice"),
    *("unscreened", "conditions", "excluded", "subset", "gold", "session", "channel"),
)


def read_votes(path: Path) -> pd.DataFrame:
    """One row per vote, in the file's order; the index is the line of the CSV on which the vote begins, or its row in Parquet.

    Columns: study, prompt_set, prompt, worker, criterion, shown, choice, unscreened, conditions, excluded, subset, gold,
    session, channel, trial_name (categories in order of first appearance; those after choice "" where the file has none),
    seed (int64), answered_at (UTC), seconds (float64), trial (int64, numbered from 0 by first appearance), rehearsal (bool);
    then the file's other columns, as categories of texts.
    Raises BadVotesFile with every faulty line, OSError where the file cannot be read.
    """
    columns, faults = parse(path)
    faults += find_faults(columns)
    if faults:
        raise BadVotesFile(path, faults)
    return _frame(columns)


def _frame(columns: Columns) -> pd.DataFrame:
    seed, seconds, answered_at = columns["seed"], columns["seconds"], columns["answered_at"]
    numbers = {
        "seed": np.array([int(text) for text in seed.values])[seed.codes],
        "seconds": np.array([float(text) for text in seconds.values])[seconds.codes],
        "answered_at": pd.to_datetime([moment(text) for text in answered_at.values])[answered_at.codes],
        "trial": trials(columns),
        "rehearsal": columns["rehearsal"].where(lambda text: TRUTH[text.lower()]),
    }
    texts = {name: columns[name].categories() for name in TEXTS} | {"trial_name": _trial_name(columns).categories()}
    others = {name: column.categories() for name, column in columns.others.items()}
    return pd.DataFrame(texts | numbers | others, index=pd.Index(columns.lines, name=columns.unit))


def _trial_name(columns: Columns) -> Column:
    """What the file calls each trial, for other files that name it."""
    return columns["trial"] if "trial" in columns else Column([""], np.zeros(len(columns.lines), np.int64))
