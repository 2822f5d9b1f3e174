"""One study of a votes file made in a test: the votes that count, and all rows."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from analysis.study_votes import StudyVotes, studies_of
from tests.analysis.votes_files import frame_of


def study_of(path: Path, votes: Iterable[Mapping[str, str]]) -> tuple[StudyVotes, pd.DataFrame]:
    """What is read from a file of these votes, written at the path."""
    (study,) = studies_of(frame_of(path / "votes.csv", *votes))
    return study
