"""What is done to the HITs of a posting after they were published: more workers, an earlier or later end, deletion."""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from studies.channels.mturk.confirming import ACTION
from studies.channels.mturk.errors import ImpossibleReview
from studies.channels.mturk.fees import MANY_ASSIGNMENTS
from studies.channels.mturk.hits_to_make import keep_places
from studies.channels.mturk.ledger import intend
from studies.channels.mturk.models import Assignment, Hit, Intent, Posting
from studies.channels.mturk.money import dollars
from studies.models import LogLine, Study, Trial


def votes_to_replace(posting: Posting) -> dict[int, int]:
    """For each HIT by its key, how many assignments more it needs for votes that do not count: excluded, or never given."""
    counted = Trial.objects.counted().filter(session=OuterRef("session"))
    uncounted = Assignment.objects.of(posting).filter(~Exists(counted))
    missing = Counter(uncounted.values_list("hit_id", flat=True))
    asked = posting.intents.filter(operation=Intent.Operation.ADD_ASSIGNMENTS).exclude(state=Intent.State.REFUSED)
    for intent in asked:
        missing[intent.hit_id or 0] -= intent.details["more"]
    return {hit: number for hit, number in missing.items() if number > 0}


def add_assignments(posting: Posting, more: dict[int, int], who: str, now: datetime) -> str:
    """Ask for more workers on HITs, by their keys; what will be done. HITs that have ended are found again until a new end.

    Raises ImpossibleReview where Mechanical Turk would not take it, OverBudget beyond what was confirmed.
    """
    hits = list(posting.hits.created().filter(pk__in=more).select_related("posting"))
    if not hits:
        raise ImpossibleReview("There is no HIT to ask more workers on.")
    for hit in hits:
        _refuse_tenth(hit, more[hit.pk])
        _refuse_without_images(hit, now)
    intents = [_addition(hit, more[hit.pk], who, now) for hit in hits]
    intents += [
        _expiry(hit, now + timedelta(seconds=posting.lifetime_seconds), who, now) for hit in hits if _has_ended(hit, now)
    ]
    cost = sum(intent.cents for intent in intents)
    number = sum(more[hit.pk] for hit in hits)
    said = f"{number} more assignment{_s(number)} on {len(hits)} HIT{_s(len(hits))}, {dollars(cost)} with fees"
    with transaction.atomic():
        Study.objects.select_for_update().get(pk=posting.study_id)  # first, as everywhere: places are taken meanwhile
        for hit in hits:
            keep_places(hit, more[hit.pk] + hit.max_assignments - hit.assignments.count())
        # What came back for their assignments that nobody made is held again: they can be made after all.
        Hit.objects.filter(pk__in=[hit.pk for hit in hits]).update(returned_cents=0)
        intend(posting, intents)
        LogLine.objects.add(posting.study, who, ACTION, f"{posting}. {said}", now)
    return f"{said}. A worker process asks Mechanical Turk for it."


def expire(posting: Posting, who: str, now: datetime) -> str:
    """Let nobody accept the HITs any more; what is being worked on can be handed in. What will be done."""
    hits = [hit for hit in posting.hits.created() if not _has_ended(hit, now)]
    intend(posting, [_expiry(hit, now, who, now) for hit in hits])
    return _logged(posting, f"End now: {len(hits)} HIT{_s(len(hits))}", who, now)


def delete(posting: Posting, who: str, now: datetime) -> str:
    """Take the HITs off Mechanical Turk whose assignments are all decided on; what will be done.

    Raises ImpossibleReview while there is none: reviewed assignments are deleted there with their HIT.
    """
    waiting = posting.hits.filter(assignments__status=Assignment.Status.SUBMITTED)
    over = [hit for hit in posting.hits.created().exclude(pk__in=waiting) if _is_reviewable(hit, now)]
    if not over:
        raise ImpossibleReview("No HIT can be deleted yet: each must have ended, with every assignment approved or rejected.")
    intend(posting, [intent for hit in over for intent in _deletion(hit, who, now)])
    return _logged(posting, f"Delete: {len(over)} HIT{_s(len(over))}", who, now)


def try_again(posting: Posting, who: str, now: datetime) -> str:
    """Carry out anew what Mechanical Turk refused, the account without money for one. Raises ImpossibleReview, OverBudget."""
    refused = list(posting.intents.filter(state=Intent.State.REFUSED))
    if not refused:
        raise ImpossibleReview("Nothing was refused, so there is nothing to try again.")
    for intent in refused:
        intent.by, intent.at = who, now
    intend(posting, refused)
    return _logged(posting, f"Try again: {len(refused)} refused call{_s(len(refused))}", who, now)


def _refuse_tenth(hit: Hit, more: int) -> None:
    if hit.max_assignments < MANY_ASSIGNMENTS <= hit.max_assignments + more:
        raise ImpossibleReview(
            f"{hit} was published for {hit.max_assignments} workers, below the higher fee from {MANY_ASSIGNMENTS} on: "
            f"Mechanical Turk does not let it grow to {hit.max_assignments + more}. Make another posting for the missing votes."
        )


def _refuse_without_images(hit: Hit, now: datetime) -> None:
    """The links in a page of its own were signed until the HIT's end, and a page there cannot be changed."""
    posting = hit.posting
    if posting.form == Posting.Form.HTML and not posting.images_are_public and _has_ended(hit, now):
        raise ImpossibleReview(
            f"{hit} has ended, and with it the signed links to its images: workers would see none. Make another posting for "
            "the missing votes."
        )


def _addition(hit: Hit, more: int, who: str, now: datetime) -> Intent:
    intent = _simple(hit, Intent.Operation.ADD_ASSIGNMENTS, f"more/{hit.token}/{hit.max_assignments}", who, now)
    intent.details = {"from": hit.max_assignments, "more": more}
    intent.cents = more * hit.posting.assignment_cents
    return intent


def _deletion(hit: Hit, who: str, now: datetime) -> list[Intent]:
    """What was marked as read is no longer reviewable, and only what is can be deleted."""
    deletion = _simple(hit, Intent.Operation.DELETE, f"delete/{hit.token}", who, now)
    if hit.state != Hit.State.REVIEWING:
        return [deletion]
    back = _simple(hit, Intent.Operation.REVIEWING, f"reviewable/{hit.token}/{hit.max_assignments}", who, now)
    back.details = {"revert": True}
    return [back, deletion]


def _expiry(hit: Hit, at: datetime, who: str, now: datetime) -> Intent:
    number = hit.intents.filter(operation=Intent.Operation.EXPIRE).aggregate(last=Max("pk"))["last"] or 0
    intent = _simple(hit, Intent.Operation.EXPIRE, f"expire/{hit.token}/{number}", who, now)
    intent.details = {"at": at.isoformat()}
    return intent


def _simple(hit: Hit, operation: "Intent.Operation", key: str, who: str, now: datetime) -> Intent:
    return Intent(posting=hit.posting, operation=operation, key=key, hit=hit, by=who, at=now)


def _has_ended(hit: Hit, now: datetime) -> bool:
    return hit.expires_at is not None and hit.expires_at <= now


def _is_reviewable(hit: Hit, now: datetime) -> bool:
    return hit.is_over(now) or hit.assignments.count() >= hit.max_assignments


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def _logged(posting: Posting, said: str, who: str, now: datetime) -> str:
    LogLine.objects.add(posting.study, who, ACTION, f"{posting}. {said}", now)
    return f"{said}. A worker process asks Mechanical Turk for it."
