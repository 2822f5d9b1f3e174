"""The protocol facts that reporting guidelines ask for: what a votes file says of how a study went, and what none can say.

Otani et al., "Toward Verifiable and Reproducible Human Evaluation for Text-to-Image Generation" (CVPR 2023).
"""

import json
import re
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.typing import NaTType

from analysis.study_votes import IntArray, StudyVotes, counts, joined

IMAGE_DROPS = "image_drops"
SURROGATE = re.compile("[\ud800-\udfff]")  # half of a letter, which JSON can say and no file can hold


@dataclass(frozen=True)
class Protocol:
    """What no votes file says, in the words of who ran the study; None where it was not stated."""

    recruitment: str | None = None  # where workers came from, and when
    selection: str | None = None  # what was asked of them: approval, qualifications, tests
    location: str | None = None  # where they live, and their languages
    pay: str | None = None  # of a task or session
    hourly_wage: str | None = None  # what that came to
    training: str | None = None  # practice, examples
    instructions: str | None = None  # as shown
    questions: str | None = None  # each criterion as asked
    interface: str | None = None  # what a trial showed, and in which order
    samples: str | None = None  # how prompts and seeds were chosen
    planned_votes: str | None = None  # how many, and when collection was to stop
    quality_control: str | None = None  # gold, repeats, speed: what makes a worker's votes count
    consent: str | None = None
    ethics: str | None = None  # review board, risks
    image_drops: tuple[tuple[str, int], ...] | None = None  # condition, images flagged as NSFW


class BadProtocol(ValueError):
    """A protocol file that is not as docs/report.md describes it."""


@dataclass(frozen=True)
class Facts:
    """Of the votes that count; all_votes and all_workers of the excluded ones too. None where no vote counts."""

    votes: int
    trials: int
    comparisons: int
    prompts: int
    images: int
    workers: int
    sessions: int | None  # None where the file does not name them
    channels: tuple[str, ...]
    first_vote: str | None  # ISO 8601, UTC
    last_vote: str | None
    median_seconds: float | None  # of a trial
    votes_per_comparison: tuple[int, float, int] | None  # fewest, mean, most; on each criterion with a vote
    votes_per_worker: tuple[int, float, int] | None  # fewest, mean, most
    votes_by_day: tuple[tuple[str, int], ...]  # the days with votes, in order, UTC
    all_votes: int
    all_workers: int
    rehearsal: bool
    unscreened: str  # why images were not screened for NSFW, "" where they were


def facts(votes: StudyVotes, rows: pd.DataFrame) -> Facts:
    """votes: those that count. rows: all of the study in a frame made by `read_votes`, excluded ones too."""
    counted = rows[counts(rows)]
    days = counted["answered_at"].dt.floor("D").value_counts().sort_index()
    seconds = counted["seconds"].groupby(votes.trial).max()  # a trial takes as long as its longest answer
    return Facts(
        votes=len(votes),
        trials=_distinct(votes.trial),
        comparisons=_distinct(votes.comparison),
        prompts=_distinct(joined(*(_codes(counted[name]) for name in ("prompt_set", "prompt")))),
        images=_images(votes),
        workers=_distinct(votes.worker),
        sessions=len(_texts(counted, "session")) or None,
        channels=tuple(sorted(_texts(counted, "channel"))),
        first_vote=_moment(counted["answered_at"].min()),
        last_vote=_moment(counted["answered_at"].max()),
        median_seconds=float(seconds.median()) if len(seconds) else None,
        votes_per_comparison=_spread(joined(votes.comparison, votes.criterion)),
        votes_per_worker=_spread(votes.worker),
        votes_by_day=tuple((day.date().isoformat(), int(number)) for day, number in days.items()),
        all_votes=len(rows),
        all_workers=_distinct(_codes(rows["worker"])),
        rehearsal=bool(rows["rehearsal"].any()),
        unscreened="; ".join(" ".join(text.split()) for text in _texts(rows, "unscreened")),
    )


def _codes(column: pd.Series) -> IntArray:
    return column.cat.codes.to_numpy().astype(np.int64)


def _distinct(codes: IntArray) -> int:
    return int(np.count_nonzero(np.bincount(codes)))


def _images(votes: StudyVotes) -> int:
    """Images that were shown: a pair's image of each condition counts once."""
    return sum(_distinct(votes.pair[could[votes.together]]) for could in votes.could[:, 1:].T)


def _texts(rows: pd.DataFrame, name: str) -> list[str]:
    """The texts of a column that a file may lack, without blank ones, in order of appearance."""
    if name not in rows:
        return []
    return [str(text) for text in rows[name].unique() if str(text).strip()]


def _moment(answered_at: pd.Timestamp | NaTType) -> str | None:
    return None if isinstance(answered_at, NaTType) else answered_at.isoformat()


def _spread(codes: IntArray) -> tuple[int, float, int] | None:
    """How often the codes that appear do: fewest, mean, most."""
    if not len(codes):
        return None
    often = np.bincount(codes)
    often = often[often > 0]
    return int(often.min()), float(often.mean()), int(often.max())


def read_protocol(path: Path) -> Protocol:
    """The protocol in a JSON file: an object with the fields of Protocol, any of them left out or null.

    Raises BadProtocol with the key at fault, OSError where the file cannot be read.
    """
    try:
        stated = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadProtocol(f"{path} is not JSON in UTF-8: {error}") from error
    try:
        return protocol_of(stated)
    except BadProtocol as error:
        raise BadProtocol(f"{path}: {error}") from error


def protocol_of(stated: object) -> Protocol:
    """The protocol in a JSON value. Raises BadProtocol."""
    if not isinstance(stated, dict):
        raise BadProtocol('the protocol must be an object: {"recruitment": "…", …}')
    known = {field.name for field in fields(Protocol)}
    if unknown := sorted(stated.keys() - known):
        raise BadProtocol(f"“{unknown[0]}” is no key of a protocol; the keys are {', '.join(sorted(known))}")
    given = {key: value for key, value in stated.items() if value is not None}
    drops = _drops(given.pop(IMAGE_DROPS)) if IMAGE_DROPS in given else None
    return Protocol(**{key: _words(key, value) for key, value in given.items()}, image_drops=drops)


def _words(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or SURROGATE.search(value):
        raise BadProtocol(f"“{key}” must be a text of whole letters that is not blank, or null where it is not stated")
    return value.strip()


def _drops(value: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, dict) or not all(type(number) is int and number >= 0 for number in value.values()):
        raise BadProtocol(f'“{IMAGE_DROPS}” must be an object of conditions and numbers of images: {{"SD": 3}}')
    return tuple(value.items())
