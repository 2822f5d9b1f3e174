"""Votes files for tests: one good vote to vary, and writers of whole files."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from analysis.votes import read_votes

HEADER = "study,prompt_set,prompt,seed,worker,criterion,shown,choice,answered_at,seconds"
GOOD_VOTE = {
    "study": "demo",
    "prompt_set": "A&E",
    "prompt": "a red circle and a blue star",
    "seed": "7",
    "worker": "w1",
    "criterion": "correctness",
    "shown": "SD|SD+DNP",
    "choice": "SD",
    "answered_at": "2024-05-01T10:30:00+00:00",
    "seconds": "12.5",
}


def vote(**changes: str) -> dict[str, str]:
    """The good vote with other values or further columns."""
    return GOOD_VOTE | changes


def write_votes(path: Path, votes: Iterable[Mapping[str, str]]) -> Path:
    """Write votes that all have the same columns."""
    votes = list(votes)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(votes[0]))
        writer.writeheader()
        writer.writerows(votes)
    return path


def frame_of(path: Path, *votes: Mapping[str, str]) -> pd.DataFrame:
    """What is read from a file of these votes, written at the path."""
    return read_votes(write_votes(path, votes))


def ballots(counts: Mapping[str, int], **changes: str) -> list[dict[str, str]]:
    """As many votes for each choice as counted, each by its own worker."""
    choices = [choice for choice, number in counts.items() for _ in range(number)]
    return [vote(choice=choice, worker=f"w{number}", **changes) for number, choice in enumerate(choices)]
