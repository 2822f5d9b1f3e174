"""A study's votes as rows of a votes file; real votes and rehearsal votes are never in one file.

The answers to checks are not votes: they have a file of their own.
"""

import csv
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from studies.durations import seconds
from studies.models import ComparisonImage, Criterion, Exclusion, Study, Trial, Vote
from studies.models.study import NO_CLEAR_WINNER

COLUMNS = (
    "study",
    "prompt_set",
    "prompt",
    "seed",
    "worker",
    "criterion",
    "shown",
    "choice",
    "answered_at",
    "seconds",
    "trial",
    "rehearsal",
    "conditions",
    "unscreened",
    "excluded",
    "subset",
    "session",
    "channel",
)
CHECK_COLUMNS = (
    "study",
    "worker",
    "trial",
    "kind",
    "repeats",
    "prompt_set",
    "prompt",
    "seed",
    "criterion",
    "shown",
    "expected",
    "choice",
    "answered_at",
    "seconds",
    "rehearsal",
    "excluded",
)
ANSWERED = (Trial.State.DONE, Trial.State.EXCLUDED)
FIELDS = (
    "trial_id",
    "trial__comparison_id",
    "trial__comparison__prompt__prompt_set__name",
    "trial__comparison__prompt__text",
    "trial__comparison__prompt__subset",
    "trial__comparison__seed",
    "trial__worker",
    "trial__worker__pseudonym",
    "trial__worker__channel",
    "trial__session",
    "trial__state",
    "trial__kind",
    "trial__repeats",
    "trial__expected",
    "trial__shown",
    "trial__shown_at",
    "trial__answered_at",
    "trial__visible_seconds",
    "criterion",
    "criterion__name",
    "condition__printed_name",
)


class _Echo:
    """A file that hands back what is written to it, so that lines can be sent one by one."""

    def write(self, line: str) -> str:
        return line


def vote_lines(study: Study, *, rehearsal: bool) -> Iterator[str]:
    """The lines of the votes file (docs/votes.md), the names of the columns first."""
    return lines_of(COLUMNS, vote_rows(study, rehearsal=rehearsal))


def check_lines(study: Study, *, rehearsal: bool) -> Iterator[str]:
    """The lines of the file of the checks' answers (docs/votes.md), the names of the columns first."""
    return lines_of(CHECK_COLUMNS, check_rows(study, rehearsal=rehearsal))


def vote_rows(study: Study, *, rehearsal: bool) -> Iterator[tuple[Any, ...]]:
    """One row of COLUMNS for each real vote, or each rehearsal vote, in the order of the design; three queries in all."""
    names = _names(study)
    unscreened = _unscreened(study)
    votes = _answers(study, rehearsal).filter(trial__kind=Trial.Kind.VOTE)
    in_order = votes.order_by("trial__comparison", "trial", "criterion__position", "criterion")
    for vote in in_order.values(*FIELDS, reason=_reason_of_exclusion(study)).iterator(chunk_size=2000):
        yield (
            study.name,
            *_where(vote),
            vote["trial__worker__pseudonym"],
            vote["criterion__name"],
            _shown(vote, names),
            *_answer(vote),
            vote["trial_id"],
            int(rehearsal),
            "|".join(names.values()),
            unscreened.get(vote["trial__comparison_id"], ""),
            _reason(vote),
            vote["trial__comparison__prompt__subset"],
            vote["trial__session"],
            vote["trial__worker__channel"],
        )


def check_rows(study: Study, *, rehearsal: bool) -> Iterator[tuple[Any, ...]]:
    """One row of CHECK_COLUMNS for each answer to a check, worker by worker in the order answered; three queries in all."""
    names = _names(study)
    judged = set(Criterion.objects.filter(study=study, has_gold_answer=True).values_list("pk", flat=True))
    answers = _answers(study, rehearsal).exclude(trial__kind=Trial.Kind.VOTE)
    in_order = answers.order_by("trial__worker", "trial__session", "trial__number", "criterion__position", "criterion")
    for answer in in_order.values(*FIELDS, reason=_reason_of_exclusion(study)).iterator(chunk_size=2000):
        yield (
            study.name,
            answer["trial__worker__pseudonym"],
            answer["trial_id"],
            answer["trial__kind"],
            answer["trial__repeats"] or "",
            *_where(answer),
            answer["criterion__name"],
            _shown(answer, names),
            _expected(answer, names, judged),
            *_answer(answer),
            int(rehearsal),
            _reason(answer),
        )


def lines_of(columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """A CSV file line by line, the names of the columns first."""
    # lineterminator as other tools on this platform write it; texts are the researcher's own and stay as they are.
    writer = csv.writer(_Echo(), lineterminator="\n")
    yield writer.writerow(columns)
    yield from map(writer.writerow, rows)


def _answers(study: Study, rehearsal: bool) -> QuerySet[Vote]:
    return Vote.objects.filter(trial__session__study=study, trial__session__rehearsal=rehearsal, trial__state__in=ANSWERED)


def _names(study: Study) -> dict[int, str]:
    """What the conditions are called, by their keys and in the order of the table's rows."""
    return dict(study.conditions.values_list("pk", "printed_name"))


def _reason_of_exclusion(study: Study) -> Subquery:
    """Why the vote's worker is excluded; read with the votes, so that nobody is excluded between the two."""
    exclusions = Exclusion.objects.in_force().filter(study=study, worker=OuterRef("trial__worker"))
    return Subquery(exclusions.values("reason"))


def _reason(vote: Mapping[str, Any]) -> str:
    """Why a vote does not count; empty for one that does."""
    return str(vote["reason"]) if vote["trial__state"] == Trial.State.EXCLUDED else ""


def _where(vote: Mapping[str, Any]) -> tuple[str, str, int]:
    """The prompt set, prompt and seed."""
    return (
        vote["trial__comparison__prompt__prompt_set__name"],
        vote["trial__comparison__prompt__text"],
        vote["trial__comparison__seed"],
    )


def _shown(vote: Mapping[str, Any], names: Mapping[int, str]) -> str:
    return "|".join(names[pk] for pk in vote["trial__shown"])


def _answer(vote: Mapping[str, Any]) -> tuple[str, str, str]:
    """The choice, when it was made, and how long it took."""
    shown_at, answered_at = vote["trial__shown_at"], vote["trial__answered_at"]
    took = seconds(vote["trial__visible_seconds"], shown_at, answered_at)
    return vote["condition__printed_name"] or NO_CLEAR_WINNER, moment(answered_at), f"{took:.1f}"


def _expected(answer: Mapping[str, Any], names: Mapping[int, str], judged: Container[int]) -> str:
    """The right choice; empty where none is known: for repeats, and on criteria that gold does not judge."""
    position = answer["trial__expected"]
    if position is None or (answer["trial__kind"] != Trial.Kind.ATTENTION and answer["criterion"] not in judged):
        return ""
    return names[answer["trial__shown"][position - 1]] if position else NO_CLEAR_WINNER


def moment(answered_at: datetime) -> str:
    """A time in UTC, to the second."""
    return answered_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _unscreened(study: Study) -> dict[int, str]:
    """Why images were not screened for NSFW, in the researcher's words, by comparison; only where it is so."""
    images = ComparisonImage.objects.filter(comparison__study=study).exclude(source__unscreened_because="")
    rows = images.order_by("comparison", "condition__position").values_list(
        "comparison", "source__unscreened_because", "condition__printed_name"
    )
    reasons: dict[int, dict[str, list[str]]] = {}
    for comparison, reason, name in rows:
        reasons.setdefault(comparison, {}).setdefault(reason, []).append(name)
    return {comparison: _said(named) for comparison, named in reasons.items()}


def _said(reasons: Mapping[str, Iterable[str]]) -> str:
    return "; ".join(f"{reason} ({', '.join(names)})" for reason, names in reasons.items())
