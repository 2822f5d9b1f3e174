"""Doing what was written down, exactly once, whatever happens in between.

A call that may have happened is never simply repeated: within a day it carries the same token, which Mechanical Turk knows
again; after that, and where a call has no token, what happened is looked up first.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from studies.channels.mturk.client import Client, call, client_for
from studies.channels.mturk.errors import MayHaveHappened, NotReachable, Refused
from studies.channels.mturk.models import Intent, Posting
from studies.channels.mturk.models.intent import IntentQuerySet
from studies.channels.mturk.operations import OPERATIONS
from studies.channels.mturk.operations.operation import Answer, Operation
from studies.channels.mturk.requirements import lacks_qualifications
from studies.channels.mturk.sharing import check_images, upload_images
from studies.errors import StudyError

Clock = Callable[[], datetime]
CHECKED = 8  # images, before the first HIT shows them
Kind = Intent.Operation
# What no HIT can be without; its intents come first, and hold up the others until they are done.
FIRST = (Kind.CREATE_QUALIFICATION, Kind.CREATE_TYPE)


def carry_out(posting: Posting, clock: Clock = timezone.now) -> int:
    """Carry out what is due of a posting; how many calls are done. What cannot be decided now is left for the next time.

    Raises NotReachable where Mechanical Turk cannot be asked at all, ImageHostRefused before any HIT is created whose images
    workers could not see.
    """
    client = client_for(posting.environment)
    done = _carry_out_all(posting.intents.filter(operation=Kind.CREATE_QUALIFICATION), client, clock)
    if not lacks_qualifications(posting):
        done += _carry_out_all(posting.intents.filter(operation=Kind.CREATE_TYPE), client, clock)
    posting.refresh_from_db()
    if not posting.hit_type_id:
        return done
    others = posting.intents.exclude(operation__in=[*FIRST, Kind.CREATE_HIT])
    done += _carry_out_all(others.exclude(operation=Kind.GRANT, qualification__type_id=""), client, clock)
    creations = posting.intents.filter(operation=Kind.CREATE_HIT)
    if creations.due(clock()).exists():
        _share_images(posting, clock())
    return done + _carry_out_all(creations, client, clock)


def _share_images(posting: Posting, now: datetime) -> None:
    if posting.form == Posting.Form.HTML:
        upload_images(posting, now)
        check_images(posting, at_most=CHECKED)


def _carry_out_all(intents: IntentQuerySet, client: Client, clock: Clock) -> int:
    related = ("posting__study", "hit", "assignment__worker", "qualification__study", "worker")
    due = list(intents.due(clock()).select_related(*related))
    return sum(carry_out_one(intent, client, clock) for intent in due)


def carry_out_one(intent: Intent, client: Client, clock: Clock = timezone.now) -> bool:
    """Carry out one intent unless another process does; whether it is done now. Raises NotReachable."""
    if not intent.claim(clock()):
        return False
    operation = OPERATIONS[intent.operation]
    try:
        answer = _answer(intent, operation, client, clock())
    except Refused as refusal:
        intent.refuse(f"{refusal.code}: {refusal}", clock())
    except MayHaveHappened as reason:
        intent.put_back(str(reason))
    except NotReachable as reason:
        intent.put_back(str(reason))
        raise
    except StudyError as reason:  # a question that cannot be made: nothing was asked for
        intent.refuse(str(reason), clock())
    else:
        _note(intent, operation, answer, clock())
        return True
    return False


def _answer(intent: Intent, operation: Operation, client: Client, now: datetime) -> Answer:
    """What Mechanical Turk answers, or would have answered: it is asked for only what has not happened."""
    may_have_happened = intent.called_at is not None
    if may_have_happened and not (operation.token and intent.token_lasts(now)):
        found = operation.found(client, intent, None)
        if found is not None:
            return found
    request = operation.request(intent)
    intent.note_call(now)
    if operation.token:
        request["UniqueRequestToken"] = intent.token
    try:
        return call(client, intent.operation, **request)
    except Refused as refusal:
        # Perhaps because it happened before: at an earlier try of ours, or of boto3's.
        found = operation.found(client, intent, refusal)
        if found is None:
            raise
        return found


@transaction.atomic
def _note(intent: Intent, operation: Operation, answer: Answer, now: datetime) -> None:
    operation.note(intent, answer)
    intent.done(now)
