"""What Prolific says, taken over here. The truth is theirs; reading it again, or late, changes nothing.

Notifications and the redirect at the end are hints alone: what counts is what Prolific says when it is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from studies.channels.prolific.answers import SubmissionThere
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.models import ProlificStudy, Submission
from studies.channels.prolific.planning import CHANNEL
from studies.channels.prolific.review import approve_those_that_waited
from studies.channels.prolific.settling import settle
from studies.models import Session, Trial, Worker

Status = ProlificStudy.Status
LIVE = (Status.PUBLISHING, Status.SCHEDULED, Status.ACTIVE, Status.PAUSED, Status.AWAITING_REVIEW)


@dataclass(frozen=True, kw_only=True)
class Poll:
    """What asking Prolific came to. changed: submissions that are new or have another status; approved: that had waited."""

    submissions: int
    changed: int
    settled: int
    approved: int

    def __str__(self) -> str:
        return (
            f"{self.submissions} submissions, {self.changed} of them new or changed; {self.settled} open calls settled, "
            f"{self.approved} approvals that had waited."
        )


def live() -> QuerySet[ProlificStudy]:
    """What is worth asking for: studies that are out there, and those of which a call is not settled."""
    unsettled = Q(intents__state__in=["pending", "uncertain"])
    return ProlificStudy.objects.filter(Q(status__in=LIVE) | unsettled).distinct().order_by("pk")


def poll(prolific_study: ProlificStudy, prolific: Prolific) -> Poll:
    """Ask Prolific for a study and all its submissions, and settle what was open.

    Raises Unreachable and Refused; what was read until then is kept.
    """
    row = prolific_study
    settled = settle(row, prolific)
    if not row.prolific_id:
        return Poll(submissions=0, changed=0, settled=settled, approved=0)
    asked_at = timezone.now()
    row.take_over(prolific.study(row.prolific_id), asked_at)
    came, changed = 0, 0
    known = {submission.prolific_id: submission for submission in row.submissions.all()}
    for there in prolific.submissions(row.prolific_id):
        came += 1
        # A study is asked for once a minute: what says nothing new is not written again.
        if not _says_the_same(known.get(there.id), there):
            changed += take_over(row, there, asked_at)
    return Poll(submissions=came, changed=changed, settled=settled, approved=approve_those_that_waited(row, prolific))


@transaction.atomic
def take_over(prolific_study: ProlificStudy, there: SubmissionThere, read_at: datetime) -> bool:
    """Write down what Prolific said of a submission at a time; whether that is new.

    What was said later is not overwritten by what was said before.
    """
    row, made = Submission.objects.select_for_update().get_or_create(
        prolific_id=there.id,
        defaults={"prolific_study": prolific_study, "status": there.status, "read_at": read_at},
    )
    if row.read_at > read_at:
        return False
    changed = made or row.status != there.status
    row.status, row.read_at = there.status, read_at
    row.started_at, row.completed_at, row.seconds = there.started_at, there.completed_at, there.seconds
    row.code = there.code
    row.bonus_cents = row.bonus_cents if there.bonuses is None else sum(there.bonuses)
    row.return_requested_at = there.return_requested_at or row.return_requested_at
    _match(row, there.participant)
    row.save()
    if row.status in Submission.GIVEN_UP and row.session:
        _give_back(row.session)
    return changed


def strangers(prolific_study: ProlificStudy) -> QuerySet[Session]:
    """Real sessions by the study's link on Prolific that Prolific did not know when it was asked: an address was typed."""
    if prolific_study.read_at is None:
        return Session.objects.none()
    sessions = Session.objects.of(prolific_study.study, rehearsal=False).filter(worker__channel=CHANNEL)
    unknown = sessions.filter(prolific_submissions=None, started_at__lt=prolific_study.read_at)
    unknown = unknown.exclude(state=Session.State.WITHDRAWN)  # or forgotten: nothing of theirs counts
    return unknown.select_related("worker").order_by("started_at")


def _says_the_same(row: Submission | None, there: SubmissionThere) -> bool:
    """Whether a submission that has found its session is as it was read before."""
    if row is None or row.session_id is None:
        return False
    told = (row.status, row.started_at, row.completed_at, row.seconds, row.code)
    bonuses = row.bonus_cents if there.bonuses is None else sum(there.bonuses)
    same_time = there.return_requested_at in (None, row.return_requested_at)
    return told == (there.status, there.started_at, there.completed_at, there.seconds, there.code) and (
        same_time and bonuses == row.bonus_cents
    )


def _match(row: Submission, participant: str) -> None:
    """Find the session and the worker of a submission; participants' ids are kept as hashes alone."""
    study = row.prolific_study.study
    if row.session is None:
        sessions = Session.objects.of(study, rehearsal=False).filter(visit=row.prolific_id)
        known = Worker.objects.called(CHANNEL, participant)
        row.session = _latest(sessions.filter(worker__in=known))
    if row.worker is None:
        row.worker = row.session.worker if row.session else Worker.objects.called(CHANNEL, participant).first()


def _latest(sessions: Iterable[Session]) -> Session | None:
    """Of the sittings under one visit, the one that went on: one that was abandoned may have been begun anew."""
    return max(sessions, key=lambda session: (session.state != Session.State.ABANDONED, session.started_at), default=None)


def _give_back(session: Session) -> None:
    """Give the unanswered trials of somebody who left Prolific's study to others; what is answered stays."""
    if Session.objects.open().filter(pk=session.pk).update(state=Session.State.ABANDONED):
        session.trials.open().release(Trial.State.GIVEN_BACK)
