"""Assignments: approved, rejected, given a bonus."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from studies.channels.mturk.client import Client, call
from studies.channels.mturk.errors import Refused
from studies.channels.mturk.models import Assignment, Intent
from studies.channels.mturk.money import amount_of, cents_of
from studies.channels.mturk.operations.hits import pages
from studies.channels.mturk.operations.operation import Answer

CLOCKS_DIFFER = timedelta(minutes=10)


def assignment_of(intent: Intent) -> Assignment:
    """The assignment that an intent is about."""
    assert intent.assignment is not None  # noqa: S101 (as every intent of these operations)
    return intent.assignment


def approval_request(intent: Intent) -> Answer:
    """ApproveAssignment; `override` of a rejection, which Mechanical Turk takes for thirty days."""
    return {
        "AssignmentId": assignment_of(intent).assignment_id,
        "OverrideRejection": bool(intent.details.get("override")),
        **_feedback(intent),
    }


def approval_found(client: Client, intent: Intent, _refusal: Refused | None) -> Answer | None:
    return _found(client, intent, Assignment.Status.APPROVED)


def note_approval(intent: Intent, _answer: Answer) -> None:
    _note(intent, Assignment.Status.APPROVED)


def rejection_request(intent: Intent) -> Answer:
    """RejectAssignment, with the reason that the worker reads."""
    return {"AssignmentId": assignment_of(intent).assignment_id, **_feedback(intent)}


def rejection_found(client: Client, intent: Intent, _refusal: Refused | None) -> Answer | None:
    return _found(client, intent, Assignment.Status.REJECTED)


def note_rejection(intent: Intent, _answer: Answer) -> None:
    _note(intent, Assignment.Status.REJECTED)


def bonus_request(intent: Intent) -> Answer:
    """SendBonus, with the reason that the worker reads."""
    return {
        "WorkerId": assignment_of(intent).worker.plain_id,
        "AssignmentId": assignment_of(intent).assignment_id,
        "BonusAmount": amount_of(intent.details["bonus"]),
        "Reason": intent.details["reason"],
    }


def bonus_found(client: Client, intent: Intent, refusal: Refused | None) -> Answer | None:
    """A bonus of that amount and reason, granted since it was first asked for."""
    if refusal and intent.token_lasts(timezone.now()) and "already" not in str(refusal).lower():
        return None
    asked: Any = {"AssignmentId": assignment_of(intent).assignment_id}
    return next((paid for paid in pages(client, "ListBonusPayments", "BonusPayments", **asked) if _is_it(paid, intent)), None)


def note_bonus(_intent: Intent, _answer: Answer) -> None:
    """The intent itself says that it was paid."""


def _is_it(paid: Answer, intent: Intent) -> bool:
    since = intent.called_at and paid["GrantTime"] >= intent.called_at - CLOCKS_DIFFER
    same = cents_of(paid["BonusAmount"]) == intent.details["bonus"] and paid.get("Reason") == intent.details["reason"]
    return bool(since and same)


def _feedback(intent: Intent) -> Answer:
    message = intent.details.get("message", "")
    return {"RequesterFeedback": message} if message else {}


def _found(client: Client, intent: Intent, status: str) -> Answer | None:
    found = call(client, "GetAssignment", AssignmentId=assignment_of(intent).assignment_id)["Assignment"]
    return {} if found["AssignmentStatus"] == status else None


def _note(intent: Intent, status: str) -> None:
    assignment = assignment_of(intent)
    assignment.status, assignment.decided_at = status, timezone.now()
    assignment.feedback = intent.details.get("message", "") or assignment.feedback
    assignment.save(update_fields=["status", "decided_at", "feedback"])
