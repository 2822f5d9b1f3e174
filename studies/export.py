"""A study's votes as rows of a votes file; real votes and rehearsal votes are never in one file."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from studies.models import ComparisonImage, Study, Trial, Vote
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
)
FIELDS = (
    "trial_id",
    "trial__comparison_id",
    "trial__comparison__prompt__prompt_set__name",
    "trial__comparison__prompt__text",
    "trial__comparison__seed",
    "trial__worker__pseudonym",
    "trial__shown",
    "trial__shown_at",
    "trial__answered_at",
    "criterion__name",
    "condition__printed_name",
)


class _Echo:
    """A file that hands back what is written to it, so that lines can be sent one by one."""

    def write(self, line: str) -> str:
        return line


def vote_lines(study: Study, *, rehearsal: bool) -> Iterator[str]:
    """The lines of the votes file (docs/votes.md), the names of the columns first."""
    # lineterminator as other tools on this platform write it; texts are the researcher's own and stay as they are.
    writer = csv.writer(_Echo(), lineterminator="\n")
    yield writer.writerow(COLUMNS)
    yield from map(writer.writerow, vote_rows(study, rehearsal=rehearsal))


def vote_rows(study: Study, *, rehearsal: bool) -> Iterator[tuple[Any, ...]]:
    """One row of COLUMNS for each real vote, or each rehearsal vote, in the order of the design; four queries in all."""
    names = dict(study.conditions.values_list("pk", "printed_name"))
    unscreened = _unscreened(study)
    votes = Vote.objects.filter(trial__session__study=study, trial__session__rehearsal=rehearsal, trial__kind=Trial.Kind.VOTE)
    in_order = votes.order_by("trial__comparison", "trial", "criterion__position", "criterion")
    for vote in in_order.values(*FIELDS).iterator(chunk_size=2000):
        yield _row(study, vote, names, unscreened, rehearsal)


def _row(
    study: Study, vote: Mapping[str, Any], names: Mapping[int, str], unscreened: Mapping[int, str], rehearsal: bool
) -> tuple[Any, ...]:
    return (
        study.name,
        vote["trial__comparison__prompt__prompt_set__name"],
        vote["trial__comparison__prompt__text"],
        vote["trial__comparison__seed"],
        vote["trial__worker__pseudonym"],
        vote["criterion__name"],
        "|".join(names[pk] for pk in vote["trial__shown"]),
        vote["condition__printed_name"] or NO_CLEAR_WINNER,
        _moment(vote["trial__answered_at"]),
        _seconds(vote["trial__shown_at"], vote["trial__answered_at"]),
        vote["trial_id"],
        int(rehearsal),
        "|".join(names.values()),
        unscreened.get(vote["trial__comparison_id"], ""),
    )


def _moment(answered_at: datetime) -> str:
    return answered_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _seconds(shown_at: datetime, answered_at: datetime) -> str:
    """How long an answer took, from the first showing; 0 where the server's clock was set back meanwhile."""
    return f"{max(0.0, (answered_at - shown_at).total_seconds()):.1f}"


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
