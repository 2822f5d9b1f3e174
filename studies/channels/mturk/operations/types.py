"""HIT types, qualifications of our own, and where notifications go."""

from typing import Any

from studies.channels.mturk.client import Client, call
from studies.channels.mturk.errors import Refused
from studies.channels.mturk.models import Intent, Posting, Qualification
from studies.channels.mturk.money import amount_of
from studies.channels.mturk.operations.operation import Answer
from studies.channels.mturk.requirements import requirements_of

EVENTS = [
    "AssignmentSubmitted",
    "AssignmentReturned",
    "AssignmentAbandoned",
    "AssignmentApproved",
    "AssignmentRejected",
    "HITReviewable",
    "HITExpired",
]


def nothing_found(_client: Client, _intent: Intent, _refusal: Refused | None) -> Answer | None:
    """Of operations that may be repeated: the second time they change nothing, and answer as the first time."""
    return None


def type_request(intent: Intent) -> Answer:
    """CreateHITType; the same values give the same type."""
    posting = intent.posting
    return {
        "Title": posting.title,
        "Description": posting.description,
        "Keywords": posting.keywords,
        "Reward": amount_of(posting.reward_cents),
        "AssignmentDurationInSeconds": posting.assignment_seconds,
        "AutoApprovalDelayInSeconds": posting.auto_approval_seconds,
        "QualificationRequirements": requirements_of(posting),
    }


def note_type(intent: Intent, answer: Answer) -> None:
    Posting.objects.filter(pk=intent.posting_id).update(hit_type_id=answer["HITTypeId"])


def qualification_request(intent: Intent) -> Answer:
    """CreateQualificationType; a name is there once on an account."""
    name = _qualification(intent).name
    return {"Name": name, "Description": f"{name}. Granted by the requester.", "QualificationTypeStatus": "Active"}


def qualification_found(client: Client, intent: Intent, _refusal: Refused | None) -> Answer | None:
    """The type of that name among our own."""
    name = _qualification(intent).name
    asked: dict[str, Any] = {"Query": name, "MustBeRequestable": False, "MustBeOwnedByCaller": True, "MaxResults": 100}
    types = call(client, "ListQualificationTypes", **asked)["QualificationTypes"]
    return next(({"QualificationType": found} for found in types if found["Name"] == name), None)


def note_qualification(intent: Intent, answer: Answer) -> None:
    type_id = answer["QualificationType"]["QualificationTypeId"]
    Qualification.objects.filter(pk=_qualification(intent).pk).update(type_id=type_id)


def grant_request(intent: Intent) -> Answer:
    """AssociateQualificationWithWorker; a second time it changes nothing."""
    assert intent.worker is not None  # noqa: S101 (as every intent of this operation)
    return {
        "QualificationTypeId": _qualification(intent).type_id,
        "WorkerId": intent.worker.plain_id,
        "IntegerValue": 1,
        "SendNotification": False,
    }


def note_grant(_intent: Intent, _answer: Answer) -> None:
    """The intent itself says that it was granted."""


def notification_request(intent: Intent) -> Answer:
    """UpdateNotificationSettings: hints of what happens, to a topic of Amazon's notification service."""
    notification = {
        "Destination": intent.details["topic"],
        "Transport": "SNS",
        "Version": "2014-08-15",
        "EventTypes": EVENTS,
    }
    return {"HITTypeId": intent.posting.hit_type_id, "Notification": notification, "Active": True}


def note_notification(_intent: Intent, _answer: Answer) -> None:
    """The intent itself says that it was set."""


def _qualification(intent: Intent) -> Qualification:
    assert intent.qualification is not None  # noqa: S101 (as every intent of these operations)
    return intent.qualification
