"""What Mechanical Turk says of an assignment, made into rows: the first time its answers count, later its status changes."""

from datetime import datetime
from typing import Any

from django.db import transaction

from studies.channels.mturk.importing import import_answers
from studies.channels.mturk.models import Assignment, FrameVisit, Hit, Posting
from studies.channels.mturk.opening import set_others_apart
from studies.confirmation import confirm
from studies.models import Session, Study, Trial, Worker

UNANSWERED = "Handed in there, but nothing was answered here."
EXCLUDED = "The worker is excluded from the study, so these answers do not count."
ANOTHER_WORKER = "Answered here under another worker's id than Mechanical Turk knows it by, so it does not count."


@transaction.atomic
def record(hit: Hit, told: dict[str, Any], now: datetime) -> Assignment:
    """The row of an assignment as ListAssignmentsForHIT tells it. A second time, or out of order, nothing changes twice."""
    Study.objects.select_for_update().get(pk=hit.posting.study_id)
    known = Assignment.objects.filter(assignment_id=told["AssignmentId"]).first()
    if known is None:
        return _first_seen(hit, told, now)
    # What is decided never waits again: such news is older than what is known.
    if told["AssignmentStatus"] not in (known.status, Assignment.Status.SUBMITTED):
        known.status, known.decided_at = told["AssignmentStatus"], _decided_at(told)
        known.feedback = told.get("RequesterFeedback", known.feedback)
        known.save(update_fields=["status", "decided_at", "feedback"])
    return known


def _first_seen(hit: Hit, told: dict[str, Any], now: datetime) -> Assignment:
    channel = hit.posting.environment.channel
    assignment = Assignment(
        hit=hit,
        assignment_id=told["AssignmentId"],
        worker=Worker.objects.known_as(channel, told["WorkerId"], plain_id=told["WorkerId"]),
        status=told["AssignmentStatus"],
        accepted_at=told["AcceptTime"],
        submitted_at=told["SubmitTime"],
        auto_approves_at=told.get("AutoApprovalTime"),
        decided_at=_decided_at(told),
        feedback=told.get("RequesterFeedback", ""),
        answers=told.get("Answer", ""),
    )
    if hit.posting.form == Posting.Form.HTML:
        assignment.session, assignment.fault = import_answers(assignment)
    else:
        assignment.session, assignment.fault = _confirmed(assignment, now)
    assignment.save()
    return assignment


def _confirmed(assignment: Assignment, now: datetime) -> tuple[Session | None, str]:
    """The session that was opened in the frame of this assignment, its answers counted; else why they are not."""
    visits = FrameVisit.objects.filter(hit=assignment.hit, session__visit=assignment.assignment_id)
    sessions = [visit.session for visit in visits.select_related("session__study", "session__worker").order_by("pk")]
    own = [session for session in sessions if session.worker_id == assignment.worker_id]
    if not own:
        return None, ANOTHER_WORKER if sessions else UNANSWERED
    set_others_apart(assignment.hit, assignment.worker, assignment.assignment_id)
    # Where one was abandoned and begun anew, the one that was not.
    session = max(own, key=lambda session: (session.state != Session.State.ABANDONED, session.pk))
    return session, "" if confirm(session, now) else _fault_of(session)


def _fault_of(session: Session) -> str:
    """Why a session that was handed in counts for nothing."""
    return EXCLUDED if session.trials.filter(state=Trial.State.EXCLUDED).exists() else UNANSWERED


def _decided_at(told: dict[str, Any]) -> datetime | None:
    """When it got the status that it has; a rejection that was overridden has its time, too."""
    times = {Assignment.Status.APPROVED: "ApprovalTime", Assignment.Status.REJECTED: "RejectionTime"}
    return told.get(times.get(told["AssignmentStatus"], ""))
