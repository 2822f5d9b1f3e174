"""HITs: published, looked at, extended, expired, deleted."""

from datetime import UTC, datetime, timedelta
from typing import Any

from studies.channels.mturk.emulator.errors import REQUEST_ERROR, Refused, out_of_range, request_error
from studies.channels.mturk.emulator.events import tell
from studies.channels.mturk.emulator.lifecycle import refresh
from studies.channels.mturk.emulator.market import Market, new_id
from studies.channels.mturk.emulator.operations.hit_types import (
    LONGEST_SECONDS,
    SHORTEST_SECONDS,
    check_between,
    check_length,
    registered,
)
from studies.channels.mturk.emulator.operations.tokens import OF_ADDITIONS, OF_HITS, check_new_addition, check_new_hit
from studies.channels.mturk.emulator.pagination import page_of
from studies.channels.mturk.emulator.questions import question_of
from studies.channels.mturk.emulator.records import ASSIGNABLE, REVIEWABLE, REVIEWING, SUBMITTED, Hit, HitType
from studies.channels.mturk.emulator.wire import hit_wire
from studies.channels.mturk.fees import MANY_ASSIGNMENTS

MOST_ASSIGNMENTS = 1_000_000_000
NOT_IMITATED = ("HITLayoutId", "HITLayoutParameters", "AssignmentReviewPolicy", "HITReviewPolicy")


def create_hit(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    check_new_hit(market, request)
    return _published(market, registered(market, request), request)


def create_hit_with_hit_type(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    check_new_hit(market, request)
    return _published(market, market.hit_type(request["HITTypeId"]), request)


def get_hit(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    return {"HIT": hit_wire(market.hit(request["HITId"]), market.now)}


def list_hits(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    """In the order in which they were made, without those disposed of."""
    return _page(market, request, [hit for hit in market.hits.values() if not hit.disposed])


def list_reviewable_hits(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    wanted = request.get("Status", REVIEWABLE)
    type_id = request.get("HITTypeId")
    hits = [hit for hit in market.hits.values() if hit.status(market.now) == wanted and type_id in (None, hit.type.id)]
    return _page(market, request, hits)


def update_hit_review_status(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    hit, revert = market.hit(request["HITId"]), request.get("Revert", False)
    _check_state(market, hit, REVIEWING if revert else REVIEWABLE)
    hit.reviewing = not revert
    return {}


def create_additional_assignments(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    check_new_addition(market, request)
    hit, more = market.hit(request["HITId"]), request["NumberOfAdditionalAssignments"]
    check_between("NumberOfAdditionalAssignments", more, 1, MOST_ASSIGNMENTS)
    if hit.max_assignments < MANY_ASSIGNMENTS <= hit.max_assignments + more:
        raise request_error(
            "InvalidMaximumAssignmentsIncrease",
            f"HITs created with fewer than {MANY_ASSIGNMENTS} assignments cannot be extended to have that many or more.",
        )
    _change(market, hit, hit.max_assignments + more, hit.expires)
    tell(market, "HITExtended", hit)
    market.keep_token(OF_ADDITIONS, request.get("UniqueRequestToken"), new_id())
    return {}


def update_expiration(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    hit = market.hit(request["HITId"])
    expires = _moment(request["ExpireAt"])
    ends, extends = market.now < hit.expires and expires <= market.now, expires > hit.expires
    _change(market, hit, hit.max_assignments, expires)
    hit.told_expired = expires <= market.now
    if ends or extends:
        tell(market, "HITExpired" if ends else "HITExtended", hit)
    return {}


def delete_hit(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    """Only what is reviewable, with every assignment decided on."""
    hit = market.hit(request["HITId"])
    _check_state(market, hit, REVIEWABLE)
    if hit.count(SUBMITTED):
        raise request_error("InvalidHITState", f"Hit {hit.id} has assignments that are neither approved nor rejected.")
    hit.disposed = True
    refresh(market, hit)
    tell(market, "HITDisposed", hit)
    return {}


def _published(market: Market, kind: HitType, request: dict[str, Any]) -> dict[str, Any]:
    """Make a HIT, if its question is sound and there is money for it."""
    _check_imitated(request)
    assignments, lifetime = request.get("MaxAssignments", 1), request["LifetimeInSeconds"]
    check_between("MaxAssignments", assignments, 1, MOST_ASSIGNMENTS)
    check_between("LifetimeInSeconds", lifetime, SHORTEST_SECONDS, LONGEST_SECONDS)
    check_length("RequesterAnnotation", request.get("RequesterAnnotation", ""), 255, least=0)
    question_of(request["Question"])
    hit = Hit(
        id=new_id(),
        type=kind,
        question=request["Question"],
        max_assignments=assignments,
        created=market.now,
        expires=market.now + timedelta(seconds=lifetime),
        annotation=request.get("RequesterAnnotation"),
    )
    refresh(market, hit)
    market.hits[hit.id] = hit
    market.keep_token(OF_HITS, request.get("UniqueRequestToken"), hit.id)
    tell(market, "HITCreated", hit)
    return {"HIT": hit_wire(hit, market.now)}


def _check_imitated(request: dict[str, Any]) -> None:
    if foreign := [name for name in NOT_IMITATED if name in request]:
        raise Refused(f"The emulator does not imitate {', '.join(foreign)}; send a Question.", kind=REQUEST_ERROR)
    if "Question" not in request:
        raise request_error("InvalidParameterValue", "Either a Question or a HITLayoutId must be provided.")


def _change(market: Market, hit: Hit, max_assignments: int, expires: datetime) -> None:
    """Give a HIT more places or another end; without the money for it, all stays as it was."""
    if hit.disposed:
        _check_state(market, hit, ASSIGNABLE)
    before = (hit.max_assignments, hit.expires)
    hit.max_assignments, hit.expires = max_assignments, expires
    try:
        refresh(market, hit)
    except Refused:
        hit.max_assignments, hit.expires = before
        raise
    hit.reviewing = hit.reviewing and hit.status(market.now) == REVIEWING


def _check_state(market: Market, hit: Hit, wanted: str) -> None:
    status = hit.status(market.now)
    if status != wanted:
        message = f"This HIT is currently in the state '{status}'.  This operation can be called with a status of: {wanted}"
        raise request_error("InvalidHITState", message)


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise out_of_range("ExpireAt", "a time in seconds since 1970") from error


def _page(market: Market, request: dict[str, Any], hits: list[Hit]) -> dict[str, Any]:
    return page_of(hits, request, "HITs", lambda hit: hit_wire(hit, market.now))
