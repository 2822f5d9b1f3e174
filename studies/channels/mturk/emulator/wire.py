"""Records as they go over the wire: the names of Amazon's service model, times in seconds since 1970."""

from datetime import datetime
from typing import Any

from studies.channels.mturk.emulator.account import dollars
from studies.channels.mturk.emulator.records import (
    ACCEPTED,
    APPROVED,
    DISPOSED,
    REJECTED,
    REVIEWING,
    Assignment,
    Bonus,
    Grant,
    Hit,
    QualificationType,
)

Wire = dict[str, Any]


def hit_wire(hit: Hit, now: datetime) -> Wire:
    """Completed counts what is approved or rejected, as Amazon's documentation has it: not what waits for a decision."""
    status = hit.status(now)
    return _given(
        HITId=hit.id,
        HITTypeId=hit.type.id,
        HITGroupId=hit.type.group_id,
        CreationTime=hit.created.timestamp(),
        Title=hit.type.title,
        Description=hit.type.description,
        Question=hit.question,
        Keywords=hit.type.keywords,
        HITStatus=status,
        MaxAssignments=hit.max_assignments,
        Reward=dollars(hit.type.reward_cents),
        AutoApprovalDelayInSeconds=hit.type.auto_approval_seconds,
        Expiration=hit.expires.timestamp(),
        AssignmentDurationInSeconds=hit.type.duration_seconds,
        RequesterAnnotation=hit.annotation,
        QualificationRequirements=list(hit.type.requirements),
        HITReviewStatus=_review_status(status),
        NumberOfAssignmentsPending=hit.count(ACCEPTED),
        NumberOfAssignmentsAvailable=hit.open_places,
        NumberOfAssignmentsCompleted=hit.count(APPROVED, REJECTED),
    )


def assignment_wire(assignment: Assignment) -> Wire:
    return _given(
        AssignmentId=assignment.id,
        WorkerId=assignment.worker_id,
        HITId=assignment.hit.id,
        AssignmentStatus=assignment.status,
        AutoApprovalTime=_seconds(assignment.approves_itself),
        AcceptTime=assignment.accepted.timestamp(),
        SubmitTime=_seconds(assignment.submitted),
        ApprovalTime=_seconds(assignment.approved),
        RejectionTime=_seconds(assignment.rejected),
        Deadline=assignment.deadline.timestamp(),
        Answer=assignment.answer,
        RequesterFeedback=assignment.feedback,
    )


def bonus_wire(bonus: Bonus) -> Wire:
    return {
        "WorkerId": bonus.assignment.worker_id,
        "BonusAmount": dollars(bonus.cents),
        "AssignmentId": bonus.assignment.id,
        "Reason": bonus.reason,
        "GrantTime": bonus.granted.timestamp(),
    }


def qualification_type_wire(kind: QualificationType) -> Wire:
    return {
        "QualificationTypeId": kind.id,
        "CreationTime": kind.created.timestamp(),
        "Name": kind.name,
        "Description": kind.description,
        "IsRequestable": True,  # False only of those that Amazon assigns itself
        **kind.details,
    }


def grant_wire(grant: Grant) -> Wire:
    return {
        "QualificationTypeId": grant.type_id,
        "WorkerId": grant.worker_id,
        "GrantTime": grant.granted.timestamp(),
        "IntegerValue": grant.value,
        "Status": "Revoked" if grant.revoked else "Granted",
    }


def _review_status(status: str) -> str:
    if status == REVIEWING:
        return "MarkedForReview"
    return "ReviewedAppropriate" if status == DISPOSED else "NotReviewed"


def _given(**values: Any) -> Wire:
    return {name: value for name, value in values.items() if value is not None}


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
