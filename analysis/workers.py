"""How each worker voted: speed, positions, agreement with others, and answers to checks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.check_rates import NONE, Rate, attention_rates, gold_rates, repeat_rates
from analysis.consensus import agreement_with_the_rest, reliability
from analysis.exclusions import one_line, with_excluded
from analysis.habits import longest_runs, median_seconds, positions
from analysis.study_votes import BoolArray, FloatArray, StudyVotes, counts, joined


@dataclass(frozen=True)
class WorkerMeasures:
    """Shares in per cent; None where nothing can be said. Of all the worker's votes, excluded ones too."""

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
    attention: float | None  # passed, each with all of its answers or not at all
    attention_answers: int
    first_position: float | None  # of votes for an image, those for Image 1
    same_position: float | None  # the share of the position chosen most often, of all votes
    ties: float | None
    longest_run: int  # of the same position in a row (straight-lining)
    excluded: str  # why, "" for a worker who counts


def worker_measures(votes: StudyVotes, rows: pd.DataFrame, checks: pd.DataFrame | None) -> tuple[WorkerMeasures, ...]:
    """Of each worker with votes, excluded ones too, by name.

    votes: those that count. rows: all of the study. checks: as `read_checks` gives them, of any studies, or None. A worker is
    excluded if no vote of theirs counts. Others' votes are those that count.
    """
    every, counted = with_excluded(votes, rows), counts(rows)
    measured = _measured(every, rows, counted)
    answered = _answered(votes.study, rows, checks)
    by_name = sorted(range(len(every.workers)), key=lambda code: every.workers[code])
    return tuple(
        WorkerMeasures(
            worker=every.workers[code],
            **{name: values[code] for name, values in measured.items()},
            **_rates(answered, every.workers[code]),
        )
        for code in by_name
    )


def _measured(votes: StudyVotes, rows: pd.DataFrame, counted: BoolArray) -> dict[str, list[Any]]:
    """What votes say of each worker, by the worker's code; named as in WorkerMeasures."""
    workers, chosen = len(votes.workers), positions(votes)
    trials = np.unique(joined(votes.trial, votes.worker), return_index=True)[1]
    return {
        "votes": np.bincount(votes.worker, minlength=workers).tolist(),
        "trials": np.bincount(votes.worker[trials], minlength=workers).tolist(),
        "seconds": _defined(median_seconds(votes, rows["seconds"].to_numpy())),
        "agrees": _defined(agreement_with_the_rest(votes, counted)),
        "reliability": _defined(reliability(votes, counted)),
        "first_position": _defined(chosen.first),
        "same_position": _defined(chosen.same),
        "ties": _defined(chosen.ties),
        "longest_run": longest_runs(votes, rows["answered_at"].to_numpy("datetime64[us]")).tolist(),
        "excluded": _reasons(votes, rows, counted),
    }


def _reasons(votes: StudyVotes, rows: pd.DataFrame, counted: BoolArray) -> list[str]:
    """Why each worker is excluded, "" where a vote counts; several reasons in alphabetical order."""
    out = np.bincount(votes.worker, counted, len(votes.workers))[votes.worker] == 0
    reasons = rows.loc[out, "excluded"].astype("str").map(one_line).groupby(votes.worker[out]).unique()
    return ["; ".join(sorted(reasons.get(code, ()))) for code in range(len(votes.workers))]


def _answered(study: str, rows: pd.DataFrame, checks: pd.DataFrame | None) -> tuple[dict[str, Rate], ...]:
    """Gold, repeats and attention checks by worker."""
    if checks is None:
        return {}, {}, {}
    asked = checks[checks["study"] == study]
    return gold_rates(asked), repeat_rates(asked, rows), attention_rates(asked)


def _rates(answered: tuple[dict[str, Rate], ...], worker: str) -> dict[str, Any]:
    gold, repeats, attention = (rates.get(worker, NONE) for rates in answered)
    return {
        "gold": gold.percent,
        "gold_answers": gold.answers,
        "repeats": repeats.percent,
        "repeat_answers": repeats.answers,
        "attention": attention.percent,
        "attention_answers": attention.answers,
    }


def _defined(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]
