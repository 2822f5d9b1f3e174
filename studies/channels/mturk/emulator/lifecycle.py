"""How HITs and assignments move on: by what people do, and by the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from studies.channels.mturk.emulator.errors import request_error
from studies.channels.mturk.emulator.events import tell
from studies.channels.mturk.emulator.market import Market
from studies.channels.mturk.emulator.records import (
    ABANDONED,
    ACCEPTED,
    APPROVED,
    OVERRIDE_DAYS,
    REJECTED,
    REVIEWABLE,
    SUBMITTED,
    Assignment,
    Hit,
)


@contextmanager
def turn(market: Market) -> Iterator[datetime]:
    """One at a time: what is due happens first, then the block, at one moment of the clock."""
    with market.lock:
        market.now = market.clock.now()
        for hit in market.hits.values():
            _settle(market, hit)
        yield market.now


def approve(market: Market, assignment: Assignment, feedback: str | None, *, override: bool) -> None:
    """Pay the worker and Amazon. override: also where it was rejected, for 30 days. Raises Refused."""
    hit = assignment.hit
    if assignment.status == REJECTED and override:
        _check_override(market, assignment)
        market.account.pay(hit.cost_cents)
    else:
        _check_submitted(assignment)
        market.account.pay_held(hit.cost_cents)
        hit.held_cents -= hit.cost_cents
    _approved(market, assignment, market.now)
    assignment.feedback = feedback or assignment.feedback
    refresh(market, hit)


def reject(market: Market, assignment: Assignment, feedback: str) -> None:
    """Pay nobody; the money held goes back, the place stays taken. Raises Refused."""
    _check_submitted(assignment)
    assignment.status, assignment.rejected, assignment.feedback = REJECTED, market.now, feedback
    tell(market, "AssignmentRejected", assignment.hit, assignment)
    refresh(market, assignment.hit)


def refresh(market: Market, hit: Hit) -> None:
    """After any change: hold as much money as the HIT may still cost, and tell when it becomes reviewable.

    Raises Refused if more is to be held than there is.
    """
    wanted = hit.cents_to_hold(market.now)
    market.account.hold(wanted - hit.held_cents)
    hit.held_cents = wanted
    reviewable = hit.status(market.now) == REVIEWABLE
    if reviewable and not hit.told_reviewable:
        tell(market, "HITReviewable", hit)
    hit.told_reviewable = reviewable or (hit.reviewing and hit.told_reviewable)


def _settle(market: Market, hit: Hit) -> None:
    """Let happen what the clock brings: deadlines, automatic approval, expiry."""
    if hit.disposed:
        return
    due = [each for each in hit.assignments if each.status in (ACCEPTED, SUBMITTED) and _due(each) <= market.now]
    for assignment in due:
        _fall_due(market, assignment)
    expires = not hit.told_expired and hit.expires <= market.now
    if expires:
        hit.told_expired = True
        tell(market, "HITExpired", hit, at=hit.expires)
    if due or expires:
        refresh(market, hit)


def _due(assignment: Assignment) -> datetime:
    return assignment.approves_itself or assignment.deadline


def _fall_due(market: Market, assignment: Assignment) -> None:
    if assignment.status == ACCEPTED:
        assignment.status = ABANDONED
        tell(market, "AssignmentAbandoned", assignment.hit, assignment, at=assignment.deadline)
        return
    hit = assignment.hit
    market.account.pay_held(hit.cost_cents)
    hit.held_cents -= hit.cost_cents
    _approved(market, assignment, _due(assignment))


def _approved(market: Market, assignment: Assignment, at: datetime) -> None:
    assignment.status, assignment.approved = APPROVED, at
    market.worker(assignment.worker_id).approved_count += 1
    tell(market, "AssignmentApproved", assignment.hit, assignment, at=at)


def _check_submitted(assignment: Assignment) -> None:
    if assignment.status != SUBMITTED:
        raise request_error("InvalidAssignmentState", f"This operation can be called with a status of: {SUBMITTED}")


def _check_override(market: Market, assignment: Assignment) -> None:
    if assignment.hit.disposed:
        raise request_error("InvalidHITState", f"Hit {assignment.hit.id} is disposed of; its rejections stand.")
    if assignment.submitted and market.now > assignment.submitted + timedelta(days=OVERRIDE_DAYS):
        raise request_error(
            "InvalidAssignmentState",
            f"A rejection can be overridden within {OVERRIDE_DAYS} days of the submission.",
        )
