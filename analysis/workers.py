"""How each worker voted, and what would change without one."""

from dataclasses import dataclass

import pandas as pd

from analysis.study_votes import StudyVotes


@dataclass(frozen=True)
class WorkerMeasures:
    """Shares in per cent; None where nothing can be said."""

    worker: str
    votes: int
    trials: int
    seconds: float | None  # median of a trial
    agrees: float | None  # of the others' votes on the same comparisons, those alike
    reliability: float | None  # Dawid–Skene: chance of the true answer
    gold: float | None  # right, on gold
    gold_answers: int
    repeats: float | None  # alike, on repeats
    repeat_answers: int
    attention: float | None
    attention_answers: int
    first_position: float | None  # of votes for an image, those for Image 1
    same_position: float | None  # the share of the position chosen most often, of all votes
    ties: float | None
    longest_run: int  # of the same position in a row (straight-lining)
    excluded: str  # why, "" for a worker who counts


@dataclass(frozen=True)
class Influence:
    """Without this worker another condition wins."""

    worker: str
    criterion: str
    prompt_set: str
    winners: tuple[str, ...]
    winners_without: tuple[str, ...]


def worker_measures(votes: StudyVotes, rows: pd.DataFrame, checks: pd.DataFrame | None) -> tuple[WorkerMeasures, ...]:
    raise NotImplementedError


def influences(votes: StudyVotes) -> tuple[Influence, ...]:
    raise NotImplementedError
