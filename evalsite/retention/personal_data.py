"""What leads to people, some days after their study was closed: for operators who promised that it goes.

Votes, captions and what people told of themselves in a study's questions stay, under pseudonyms. What goes leads to a person,
or may: personal links with the names in them, worker ids that are kept as they are because people are paid by them, the raw
answers that came with assignments, and whatever people wrote besides: comments, and what they reported.

A study waits for as long as anything in it is still to be decided, paid or handed in: without the id nobody could pay.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from studies.channels.mturk.models import Assignment, Hit, Posting
from studies.channels.mturk.models import Intent as MTurkCall
from studies.channels.prolific.models import Intent as ProlificCall
from studies.channels.prolific.models import Submission
from studies.models import LogLine, PersonalLink, Report, Session, Study, Worker

UNDECIDED = [*Submission.UNDER_WAY, Submission.Status.AWAITING_REVIEW, Submission.Status.PROCESSING]
BY, CLOSED, ACTION = "tidy", "close", "forget people"


@dataclass(frozen=True)
class Personal:
    """Rows of one study that lead to people, or may."""

    study: Study
    links: QuerySet[PersonalLink]
    comments: QuerySet[Session]
    reports: QuerySet[Report]
    answers: QuerySet[Assignment]
    ids: QuerySet[Worker]

    def __str__(self) -> str:
        """How many there are of each; empty if there are none."""
        named = {
            "personal links": self.links,
            "comments": self.comments,
            "texts of reports": self.reports,
            "raw answers": self.answers,
            "worker ids": self.ids,
        }
        counts = {name: rows.count() for name, rows in named.items()}
        return ", ".join(f"{name}: {count}" for name, count in counts.items() if count)

    def delete(self) -> None:
        """Delete what it is; the rows that say that somebody took part stay."""
        self.links.delete()
        self.comments.update(comment="")
        self.reports.update(text="")
        self.answers.update(answers="")
        self.ids.update(plain_id="")


def personal_data(now: datetime) -> Iterator[Personal]:
    """What may go, study by study; nothing unless the operator has set EVALSITE_FORGET_DAYS."""
    if settings.FORGET_DAYS:
        for study in _due(now):
            found = _of(study, now)
            if str(found):
                yield found


def forget_people(now: datetime) -> list[str]:
    """Delete it; what was deleted of which study. A line in the study's log says so."""
    done = []
    for study in [found.study for found in personal_data(now)]:
        with transaction.atomic():
            locked = Study.objects.select_for_update().get(pk=study.pk)
            if not _due(now).filter(pk=study.pk).exists():
                continue  # it was opened again meanwhile
            found = _of(locked, now)
            told = str(found)
            found.delete()
            LogLine.objects.add(locked, BY, ACTION, told, now)
        done.append(f"“{study}”: {told}")
    return done


def _due(now: datetime) -> QuerySet[Study]:
    """The studies that were closed so long ago, and in which nothing is open."""
    before = now - timedelta(days=settings.FORGET_DAYS)
    closed = Study.objects.filter(state=Study.State.CLOSED).alias(closed_at=Max("log__at", filter=Q(log__action=CLOSED)))
    return closed.filter(closed_at__lte=before).exclude(pk__in=_on_mturk(now)).exclude(pk__in=_on_prolific()).order_by("pk")


def _on_mturk(now: datetime) -> set[int]:
    """Studies with an assignment that waits for its decision, a call that may be under way, or a HIT that may be handed in."""
    studies = set(Assignment.objects.submitted().values_list("hit__posting__study", flat=True))
    studies.update(MTurkCall.objects.under_way().values_list("posting__study", flat=True))
    for posting in Posting.objects.filter(state=Posting.State.CONFIRMED):
        if Hit.objects.live(posting, now).exists():
            studies.add(posting.study_id)
    return studies


def _on_prolific() -> set[int]:
    """Studies with a submission that is not decided, or a call of which nobody knows yet whether it took effect."""
    submissions = Submission.objects.filter(status__in=UNDECIDED)
    calls = ProlificCall.objects.filter(state__in=[ProlificCall.State.WAITING, *ProlificCall.UNSETTLED])
    both = (rows.values_list("prolific_study__study", flat=True) for rows in (submissions, calls))
    return set(chain.from_iterable(both))


def _of(study: Study, now: datetime) -> Personal:
    return Personal(
        study,
        links=PersonalLink.objects.filter(study=study),
        comments=Session.objects.filter(study=study).exclude(comment=""),
        reports=Report.objects.filter(trial__session__study=study).exclude(text=""),
        answers=Assignment.objects.filter(hit__posting__study=study).exclude(answers=""),
        ids=_ids(study, now),
    )


def _ids(study: Study, now: datetime) -> QuerySet[Worker]:
    """The workers of the study whose id is kept as it is, but for those who take part in one that is not due."""
    busy = Study.objects.exclude(pk__in=_due(now).values("pk"))
    took_part = Worker.objects.exclude(plain_id="").filter(_workers_of([study.pk]))
    return took_part.exclude(_workers_of(busy.values("pk")))


def _workers_of(studies: Any) -> Q:
    sessions = Session.objects.filter(study__in=studies)
    assignments = Assignment.objects.filter(hit__posting__study__in=studies)
    return Q(pk__in=sessions.values("worker")) | Q(pk__in=assignments.values("worker"))
