"""From a cell of a study's table to the votes that it counts, and to the images that these voters saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import QuerySet

from analysis.judges import NO_CLEAR_WINNER_ROW
from analysis.web.shares import Line, cells_of
from studies.export import ANSWERED
from studies.models import ComparisonImage, Exclusion, Study, StudyCondition, Trial, Vote


class NoSuchCell(ValueError):
    """The table has no such cell; the sentence lists the names that there are."""


@dataclass(frozen=True)
class TracedVote:
    """One vote for the cell's method. excluded: why it does not count, "" where it does."""

    worker: str
    trial: int
    prompt: str
    seed: int
    shown: tuple[str, ...]
    answered_at: datetime
    excluded: str


@dataclass(frozen=True)
class TracedImage:
    """One image that these voters saw, as it was made and as they saw it; files are below the media root."""

    image: int
    prompt: str
    seed: int
    condition: str
    file: str
    sha256: str
    published_file: str
    method: str
    settings: dict[str, Any]
    checkpoint: str
    revision: str


@dataclass(frozen=True)
class Trace:
    """A cell: what the table prints (None where nobody could vote so), the votes that it counts, and those excluded."""

    prompt_set: str
    method: str
    criterion: str
    line: Line | None
    counted: tuple[TracedVote, ...]
    excluded: tuple[TracedVote, ...]
    images: tuple[TracedImage, ...]


def trace(study: Study, prompt_set: str, method: str, criterion: str, *, rehearsal: bool) -> Trace:
    """What stands behind one cell; as many queries for many votes as for few.

    method: a printed name, or the table's “No Clear Winner”. Raises NoSuchCell.
    """
    _require("prompt set", prompt_set, [str(chosen) for chosen in study.prompt_sets.select_related("prompt_set")])
    _require("criterion", criterion, [each.name for each in study.criteria.all()])
    names = dict(study.conditions.values_list("pk", "printed_name"))
    _require("method", method, [NO_CLEAR_WINNER_ROW, *names.values()])
    votes = _votes(study, prompt_set, method, criterion, rehearsal)
    traced = _traced(study, votes, names)
    return Trace(
        prompt_set,
        method,
        criterion,
        _line(study, prompt_set, method, criterion, rehearsal),
        tuple(vote for is_counted, vote in traced if is_counted),
        tuple(vote for is_counted, vote in traced if not is_counted),
        tuple(_images(votes)),
    )


def _require(what: str, name: str, there: Sequence[str]) -> None:
    if name not in there:
        raise NoSuchCell(f"There is no {what} “{name}” in this study; there are: {', '.join(f'“{each}”' for each in there)}.")


def _votes(study: Study, prompt_set: str, method: str, criterion: str, rehearsal: bool) -> QuerySet[Vote]:
    """Every vote for the method in the cell, counted or excluded."""
    condition = StudyCondition.objects.filter(study=study, printed_name=method).first()
    return Vote.objects.filter(
        trial__in=Trial.objects.of(study, rehearsal=rehearsal).real().filter(state__in=ANSWERED),
        trial__comparison__prompt__prompt_set__name=prompt_set,
        criterion__name=criterion,
        condition=condition,
    )


def _traced(study: Study, votes: QuerySet[Vote], names: dict[int, str]) -> list[tuple[bool, TracedVote]]:
    """The votes in the order of the votes file, each with whether it counts."""
    reasons = dict(Exclusion.objects.in_force().filter(study=study).values_list("worker", "reason"))
    in_order = votes.select_related("trial__worker", "trial__comparison__prompt").order_by("trial__comparison", "trial")
    return [
        (vote.trial.state == Trial.State.DONE, _traced_vote(vote.trial, names, reasons.get(vote.trial.worker_id, "")))
        for vote in in_order
    ]


def _traced_vote(trial: Trial, names: dict[int, str], reason: str) -> TracedVote:
    return TracedVote(
        trial.worker.pseudonym,
        trial.pk,
        trial.comparison.prompt.text,
        trial.comparison.seed,
        tuple(names[pk] for pk in trial.shown),
        cast(datetime, trial.answered_at),  # whatever has votes was answered
        reason if trial.state == Trial.State.EXCLUDED else "",
    )


def _images(votes: QuerySet[Vote]) -> list[TracedImage]:
    """Every image of the votes' comparisons once, in the order of the votes and of the table's rows."""
    shown = ComparisonImage.objects.filter(comparison__in=votes.values("trial__comparison"))
    # Without provenance, which holds numbers for every step: what is needed of it is the condition's.
    rows = shown.select_related("condition", "source__prompt", "source__condition__checkpoint").defer("source__provenance")
    found = {row.source_id: _image(row) for row in rows.order_by("comparison", "condition__position", "condition")}
    return list(found.values())


def _image(row: ComparisonImage) -> TracedImage:
    source, made = row.source, row.source.condition
    return TracedImage(
        source.pk,
        source.prompt.text,
        source.seed,
        row.condition.printed_name,
        str(source.file),
        source.sha256,
        str(row.file),
        made.method,
        made.settings,
        made.checkpoint.name if made.checkpoint else "",
        made.checkpoint.revision if made.checkpoint else "",
    )


def _line(study: Study, prompt_set: str, method: str, criterion: str, rehearsal: bool) -> Line | None:
    """The cell as the live page and the table have it."""
    cells = cells_of(study, rehearsal=rehearsal)
    lines = next(cell.lines for cell in cells if (cell.prompt_set, cell.criterion) == (prompt_set, criterion))
    return next((line for line in lines if line.option == method), None)
