"""Asking for a study's results: the newest that there are, and new ones where the votes have changed since."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from analysis.web.models import StudyResults
from analysis.web.results_key import key_of
from analysis.web.tasks import compute_results
from studies.export import ANSWERED
from studies.models import Study, Trial, Vote

PAUSE = timedelta(minutes=5)  # between two computations while votes come in
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Asked:
    """What there is of a study's results; each None where there is no such thing.

    newest: the last that are done. under_way: those that are waited for. failed: why what the votes are now could not be
    computed. next_at: when new ones may be computed, where the newest are not of the votes as they are now.
    """

    newest: StudyResults | None
    under_way: StudyResults | None
    failed: StudyResults | None
    next_at: datetime | None


def has_answers(study: Study, *, rehearsal: bool) -> bool:
    """Whether there is anything to compute results of: a vote, be it an excluded one."""
    return Trial.objects.of(study, rehearsal=rehearsal).real().filter(state__in=ANSWERED).exists()


def ask(study: Study, now: datetime, *, rehearsal: bool) -> Asked:
    """The results of a study, which are computed anew where they must be; never by two workers at once."""
    known, key = StudyResults.objects.of(study, rehearsal=rehearsal), key_of(study, rehearsal=rehearsal)
    newest, failed = _newest(known), known.failed().filter(key=key).first()
    under_way = known.under_way().first()
    if under_way is None and failed is None and (newest is None or newest.key != key):
        next_at = _next_at(study, known)
        if next_at and next_at > now:
            return Asked(newest, None, None, next_at)
        under_way = _queued(study, rehearsal, key, now)
    if under_way and under_way.call(now):
        compute_results.delay(under_way.pk)
    return Asked(newest, under_way, failed, None)


def votes_since(results: StudyResults) -> int:
    """How many votes came after these results were read, counted no further than MOST_COUNTED."""
    return _answered_since(results)[:MOST_COUNTED].count()


def _newest(known: QuerySet[StudyResults]) -> StudyResults | None:
    """The last results that are done; without their files they are as good as none."""
    newest = known.filter(state=StudyResults.State.DONE).first()
    if newest and not newest.is_whole:
        newest.delete()
        return None
    return newest


def _next_at(study: Study, known: QuerySet[StudyResults]) -> datetime | None:
    """When results may be computed again; None for at once, as with a study that takes no votes."""
    last = known.exclude(finished_at=None).order_by("-finished_at").first()
    return last.finished_at + PAUSE if last and last.finished_at and study.is_open else None


def _queued(study: Study, rehearsal: bool, key: str, now: datetime) -> StudyResults | None:
    """A new row, or the one that somebody else has just made."""
    try:
        with transaction.atomic():
            return StudyResults.objects.create(study=study, rehearsal=rehearsal, key=key, asked_at=now)
    except IntegrityError:
        return StudyResults.objects.of(study, rehearsal=rehearsal).under_way().first()


def _answered_since(results: StudyResults) -> QuerySet[Vote]:
    """Sessions that nobody has touched since are passed over as a whole: an index finds them."""
    since = results.read_at
    return Vote.objects.filter(
        trial__session__study=results.study_id,
        trial__session__rehearsal=results.rehearsal,
        trial__session__last_seen_at__gte=since,
        trial__kind=Trial.Kind.VOTE,
        trial__state__in=ANSWERED,
        trial__answered_at__gte=since,
    )
