"""A study's votes with each subset of a prompt set taken as a prompt set of its own."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.study_votes import IntArray, StudyVotes, counts

BETWEEN = "\n"  # a prompt set and its subset: in no name, as names are of one line
NO_SUBSET = "(no subset)"


def by_subset(votes: StudyVotes, rows: pd.DataFrame) -> tuple[StudyVotes, pd.DataFrame] | None:
    """The votes and rows of the prompt sets that have subsets; None if none has.

    votes, rows: as `studies_of` gives both. A prompt set becomes one for each of its subsets, in order of first appearance
    with votes of no subset last, by the name prompt set + line break + subset; `table_of` makes a block of each.
    """
    if "subset" not in rows or not (rows["subset"] != "").any():
        return None
    divided = rows["prompt_set"].isin(rows["prompt_set"][rows["subset"] != ""].unique()).to_numpy()
    return _divided(votes.only(divided[counts(rows)]), rows[divided])


def _divided(votes: StudyVotes, rows: pd.DataFrame) -> tuple[StudyVotes, pd.DataFrame]:
    prompt_sets, subsets = list(votes.prompt_sets), [*filter(None, rows["subset"].cat.categories), ""]
    prompt_set, subset = _codes(rows["prompt_set"], prompt_sets), _codes(rows["subset"], subsets)
    found, code = np.unique(prompt_set * len(subsets) + subset, return_inverse=True)
    pairs = [(prompt_sets[key // len(subsets)], subsets[key % len(subsets)]) for key in found]
    names = tuple(f"{prompt_set}{BETWEEN}{subset or NO_SUBSET}" for prompt_set, subset in pairs)
    named = rows.assign(prompt_set=pd.Categorical.from_codes(code, pd.Index(names)))
    return replace(votes, prompt_sets=names, prompt_set=code.astype(np.int64)[counts(rows)]), named


def _codes(column: "pd.Series[str]", order: list[str]) -> IntArray:
    return column.cat.set_categories(order).cat.codes.to_numpy().astype(np.int64)
