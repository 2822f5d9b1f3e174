"""Votes of which no worker has two on one comparison and criterion: whoever votes again does not agree with somebody else."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.study_votes import StudyVotes
from analysis.tally import TIE


def single_votes(votes: StudyVotes) -> StudyVotes:
    """The votes of each worker on each comparison and criterion as one: the option of them all, or else no clear winner.

    Neither the order of rows nor that of options decides. Of the trial and the order of images those of one vote are left.
    """
    item = votes.comparison * len(votes.criteria) + votes.criterion
    codes, found = pd.factorize(item * len(votes.workers) + votes.worker)
    if len(found) == len(votes):
        return votes
    first = np.unique(codes, return_index=True)[1]  # in the order of rows, as codes are by first appearance
    differ = np.bincount(codes, votes.option != votes.option[first][codes]) > 0
    single = votes.only(np.isin(np.arange(len(votes)), first))
    return replace(single, option=np.where(differ, TIE, single.option))
