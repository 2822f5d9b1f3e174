"""Calls that may have happened, read back: whether they did is Prolific's to say."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from studies.channels.prolific.answers import StudyThere
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import AgainstTheRules
from studies.channels.prolific.models import Intent, ProlificStudy, Submission
from studies.models import LogLine

STILL_UNDER_WAY = timedelta(minutes=10)  # longer than any call takes, with its attempts
READ_BACK = "Read back from Prolific: it happened."
NOT_THERE = "Read back from Prolific: it did not happen, and can be asked for again."
NOTHING_PAID = "Nothing is paid by setting up bonuses; set them up again."
NOT_SEEN_YET = "The bonuses are not on Prolific yet; they are paid some minutes after they are asked for."

State, Kind = Intent.State, Intent.Kind
Outcome = tuple[Intent.State, str]

HAPPENED: Outcome = (State.DONE, READ_BACK)
DID_NOT_HAPPEN: Outcome = (State.FAILED, NOT_THERE)


def settle(prolific_study: ProlificStudy, prolific: Prolific) -> int:
    """Read back every call of which nobody knows whether it took effect; how many are settled now.

    One that is pending may still be under way in another process, and is left alone for some minutes.
    """
    settled = 0
    for intent in prolific_study.intents.unsettled().order_by("at"):
        if intent.state == State.PENDING and intent.at > timezone.now() - STILL_UNDER_WAY:
            continue
        intent.settle(*READERS[intent.kind](intent, prolific))
        settled += not intent.is_unsettled
    return settled


def settle_by_hand(intent: Intent, who: str, now: datetime, *, happened: bool) -> str:
    """Settle what Prolific does not tell, as somebody who looked there says; what was noted, in a sentence.

    Raises AgainstTheRules for what is settled already, and for all but bonuses.
    """
    if not intent.needs_a_look:
        raise AgainstTheRules("Only payments of bonuses that are uncertain are settled by hand; Prolific tells all else.")
    said = f"{who} looked on Prolific: it {'happened' if happened else 'did not happen'}."
    intent.settle(State.DONE if happened else State.FAILED, said)
    sentence = f"{intent.get_kind_display()}: {said}"
    LogLine.objects.add(intent.prolific_study.study, who, "prolific settle", sentence, now)
    return sentence


def _created(intent: Intent, prolific: Prolific) -> Outcome:
    """Drafts are found again by their internal name."""
    row, asked_at = intent.prolific_study, timezone.now()
    if row.prolific_id:
        return DID_NOT_HAPPEN  # a change to the draft, which is told again before publishing
    for draft in prolific.drafts():
        if draft.internal_name == row.internal_name:
            row.take_over(draft, asked_at)
            return HAPPENED
    return DID_NOT_HAPPEN


def _published(intent: Intent, prolific: Prolific) -> Outcome:
    there = _study(intent, prolific)
    return DID_NOT_HAPPEN if there.status == ProlificStudy.Status.UNPUBLISHED else HAPPENED


def _has_places(intent: Intent, prolific: Prolific) -> Outcome:
    there = _study(intent, prolific)
    return HAPPENED if (there.places or 0) >= intent.body["total_available_places"] else DID_NOT_HAPPEN


def _moved(intent: Intent, prolific: Prolific) -> Outcome:
    _study(intent, prolific)
    return State.DONE, "The study's status on Prolific tells whether it happened."


def _decided(status: Submission.Status) -> Callable[[Intent, Prolific], Outcome]:
    def read(intent: Intent, prolific: Prolific) -> Outcome:
        there = prolific.submission(_submission(intent).prolific_id)
        if there.status == Submission.Status.PROCESSING:
            return State.UNCERTAIN, "Prolific is processing the submission."
        _submission(intent).note(there.status, timezone.now())
        return HAPPENED if there.status == status else DID_NOT_HAPPEN

    return read


def _return_requested(intent: Intent, prolific: Prolific) -> Outcome:
    there = prolific.submission(_submission(intent).prolific_id)
    gone = there.status == Submission.Status.RETURNED
    return HAPPENED if there.return_requested_at or gone else DID_NOT_HAPPEN


def _set_up(_intent: Intent, _prolific: Prolific) -> Outcome:
    return State.FAILED, NOTHING_PAID


def _paid(intent: Intent, prolific: Prolific) -> Outcome:
    """Paid if every submission has more bonuses than before, by the amount; else nobody knows: paying takes minutes.

    Prolific pays again when it is told again, so that what is not seen is never taken as not paid.
    """
    for submission, cents in intent.body["cents"].items():
        before = intent.body["before"][submission]
        if sum(prolific.submission(submission).bonuses or ()) < before + cents:
            return State.UNCERTAIN, NOT_SEEN_YET
    return HAPPENED


def _study(intent: Intent, prolific: Prolific) -> StudyThere:
    """The study as it is there now, taken over before the call is settled: nobody is to find neither."""
    asked_at = timezone.now()
    there = prolific.study(intent.prolific_study.prolific_id)
    intent.prolific_study.take_over(there, asked_at)
    return there


def _submission(intent: Intent) -> Submission:
    assert intent.submission is not None  # noqa: S101 – decisions are always about one
    return intent.submission


READERS: dict[str, Callable[[Intent, Prolific], Outcome]] = {
    Kind.CREATE: _created,
    Kind.PUBLISH: _published,
    Kind.ADD_PLACES: _has_places,
    Kind.MOVE: _moved,
    Kind.APPROVE: _decided(Submission.Status.APPROVED),
    Kind.REJECT: _decided(Submission.Status.REJECTED),
    Kind.REQUEST_RETURN: _return_requested,
    Kind.SET_UP_BONUSES: _set_up,
    Kind.PAY_BONUSES: _paid,
}
