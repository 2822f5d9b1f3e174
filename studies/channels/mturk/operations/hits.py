"""HITs: created, given more workers, ended, deleted."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from studies.channels.mturk.client import Client, call
from studies.channels.mturk.errors import Refused
from studies.channels.mturk.models import Hit, Intent
from studies.channels.mturk.operations.operation import Answer
from studies.channels.mturk.questions_of_hits import question_of

ALREADY_EXISTS = "AWS.MechanicalTurk.HitAlreadyExists"
GONE = "AWS.MechanicalTurk.HITDoesNotExist"
HIT_ID = re.compile(r"\b[A-Z0-9]{20,64}\b")
PAGE = 100


def hit_of(intent: Intent) -> Hit:
    """The HIT that an intent is about."""
    assert intent.hit is not None  # noqa: S101 (as every intent of these operations)
    return intent.hit


def only_the_hit(intent: Intent) -> Answer:
    return {"HITId": hit_of(intent).hit_id}


def creation_request(intent: Intent) -> Answer:
    """CreateHITWithHITType; the annotation is how it is found again when its token is forgotten."""
    hit, posting = hit_of(intent), intent.posting
    return {
        "HITTypeId": posting.hit_type_id,
        "MaxAssignments": posting.max_assignments,
        "LifetimeInSeconds": posting.lifetime_seconds,
        "Question": question_of(hit),
        "RequesterAnnotation": hit.token,
    }


def creation_found(client: Client, intent: Intent, refusal: Refused | None) -> Answer | None:
    """By what the refusal says, else by looking through all HITs for the annotation."""
    if refusal and refusal.code == ALREADY_EXISTS:
        for hit_id in HIT_ID.findall(str(refusal)):
            found = call(client, "GetHIT", HITId=hit_id)["HIT"]
            if found.get("RequesterAnnotation") == hit_of(intent).token:
                return {"HIT": found}
    if refusal and refusal.code != ALREADY_EXISTS:
        return None
    return next(({"HIT": hit} for hit in all_hits(client) if hit.get("RequesterAnnotation") == hit_of(intent).token), None)


def note_creation(intent: Intent, answer: Answer) -> None:
    found = answer["HIT"]
    hit = Hit.objects.filter(pk=hit_of(intent).pk)
    hit.update(hit_id=found["HITId"], state=found["HITStatus"], expires_at=found["Expiration"])


def addition_request(intent: Intent) -> Answer:
    """CreateAdditionalAssignmentsForHIT."""
    return {**only_the_hit(intent), "NumberOfAdditionalAssignments": intent.details["more"]}


def addition_found(client: Client, intent: Intent, _refusal: Refused | None) -> Answer | None:
    """Whether the HIT has as many as it was to have."""
    found = _get(client, intent)
    return {"HIT": found} if found["MaxAssignments"] >= intent.details["from"] + intent.details["more"] else None


def note_addition(intent: Intent, _answer: Answer) -> None:
    _open_again(hit_of(intent), max_assignments=intent.details["from"] + intent.details["more"])


def expiry_request(intent: Intent) -> Answer:
    """UpdateExpirationForHIT to a moment; a second time it changes nothing."""
    return {**only_the_hit(intent), "ExpireAt": datetime.fromisoformat(intent.details["at"])}


def note_expiry(intent: Intent, _answer: Answer) -> None:
    _open_again(hit_of(intent), expires_at=datetime.fromisoformat(intent.details["at"]), hinted_at=intent.at)


def _open_again(hit: Hit, **fields: Any) -> None:
    """As far as is known, somebody may accept it now: until Mechanical Turk says otherwise, it is not over."""
    Hit.objects.filter(pk=hit.pk).exclude(state=Hit.State.DISPOSED).update(state=Hit.State.ASSIGNABLE, **fields)


def deletion_found(client: Client, intent: Intent, refusal: Refused | None) -> Answer | None:
    """A HIT that is gone, or says that it is disposed of, was deleted."""
    if refusal and refusal.code == GONE:
        return {}
    try:
        return {} if _get(client, intent)["HITStatus"] == Hit.State.DISPOSED else None
    except Refused as gone:
        if gone.code == GONE:
            return {}
        raise


def note_deletion(intent: Intent, _answer: Answer) -> None:
    hit_of(intent).state = Hit.State.DISPOSED
    hit_of(intent).save(update_fields=["state"])


def reviewing_request(intent: Intent) -> Answer:
    """UpdateHITReviewStatus to Reviewing, so that what was read is not listed as reviewable again; or back."""
    return {**only_the_hit(intent), "Revert": _reverts(intent)}


def reviewing_found(client: Client, intent: Intent, _refusal: Refused | None) -> Answer | None:
    return {} if _get(client, intent)["HITStatus"] in (_reviewed_state(intent), Hit.State.DISPOSED) else None


def note_reviewing(intent: Intent, _answer: Answer) -> None:
    hit_of(intent).state = _reviewed_state(intent)
    hit_of(intent).save(update_fields=["state"])


def _reverts(intent: Intent) -> bool:
    return bool(intent.details.get("revert"))


def _reviewed_state(intent: Intent) -> str:
    return Hit.State.REVIEWABLE if _reverts(intent) else Hit.State.REVIEWING


def all_hits(client: Client) -> Iterator[dict[str, Any]]:
    """Every HIT of the account, a hundred with each request."""
    yield from pages(client, "ListHITs", "HITs")


def pages(client: Client, operation: str, name: str, **asked: Any) -> Iterator[dict[str, Any]]:
    """What an operation lists, page by page."""
    answer = call(client, operation, MaxResults=PAGE, **asked)
    yield from answer[name]
    while token := answer.get("NextToken"):
        answer = call(client, operation, MaxResults=PAGE, NextToken=token, **asked)
        yield from answer[name]


def _get(client: Client, intent: Intent) -> dict[str, Any]:
    found: dict[str, Any] = call(client, "GetHIT", **only_the_hit(intent))["HIT"]
    return found
