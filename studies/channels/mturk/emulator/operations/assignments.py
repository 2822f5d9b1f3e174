"""What workers have done: looked at, approved, rejected, paid a bonus."""

from typing import Any

from studies.channels.mturk.emulator.account import cents_of
from studies.channels.mturk.emulator.errors import out_of_range, request_error
from studies.channels.mturk.emulator.lifecycle import approve, reject
from studies.channels.mturk.emulator.market import Market, new_id
from studies.channels.mturk.emulator.operations.hit_types import check_length
from studies.channels.mturk.emulator.operations.tokens import OF_BONUSES, check_new_bonus
from studies.channels.mturk.emulator.pagination import page_of
from studies.channels.mturk.emulator.records import SHOWN, Assignment, Bonus
from studies.channels.mturk.emulator.wire import assignment_wire, bonus_wire, hit_wire
from studies.channels.mturk.fees import bonus_fee_cents

LONGEST_FEEDBACK = 1024
LEAST_BONUS_CENTS, MOST_BONUS_CENTS = 1, 1_000_000


def list_assignments(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    """In the order in which they were submitted."""
    wanted = request.get("AssignmentStatuses") or SHOWN
    there = [each for each in market.hit(request["HITId"]).assignments if each.status in wanted]
    there.sort(key=lambda each: each.submitted or each.accepted)
    return page_of(there, request, "Assignments", assignment_wire)


def get_assignment(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    assignment = _submitted(market, request["AssignmentId"])
    return {"Assignment": assignment_wire(assignment), "HIT": hit_wire(assignment.hit, market.now)}


def approve_assignment(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    feedback = request.get("RequesterFeedback")
    check_length("RequesterFeedback", feedback or "", LONGEST_FEEDBACK, least=0)
    assignment = market.assignment(request["AssignmentId"])
    approve(market, assignment, feedback, override=request.get("OverrideRejection", False))
    return {}


def reject_assignment(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    check_length("RequesterFeedback", request["RequesterFeedback"], LONGEST_FEEDBACK)
    reject(market, market.assignment(request["AssignmentId"]), request["RequesterFeedback"])
    return {}


def send_bonus(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    """Bonus and fee come out of what is available."""
    check_new_bonus(market, request)
    assignment, cents = _submitted(market, request["AssignmentId"]), cents_of(request["BonusAmount"])
    if assignment.worker_id != request["WorkerId"]:
        message = f"The assignment {assignment.id} was not done by the worker {request['WorkerId']}."
        raise request_error("WorkerDoesNotMatchAssignment", message)
    check_length("Reason", request["Reason"], LONGEST_FEEDBACK)
    if not LEAST_BONUS_CENTS <= cents <= MOST_BONUS_CENTS:
        raise out_of_range("BonusAmount", "between 0.01 and 10000.00")
    market.account.pay(cents + bonus_fee_cents(cents))
    market.bonuses.append(Bonus(assignment, cents, request["Reason"], market.now))
    market.keep_token(OF_BONUSES, request.get("UniqueRequestToken"), new_id())
    return {}


def list_bonus_payments(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    hit_id, assignment_id = request.get("HITId"), request.get("AssignmentId")
    if (hit_id is None) == (assignment_id is None):
        raise request_error("InvalidParameterValue", "Name either a HITId or an AssignmentId.")
    done = market.hit(hit_id).assignments if hit_id else [market.assignment(str(assignment_id))]
    chosen = [bonus for bonus in market.bonuses if bonus.assignment in done]
    return page_of(chosen, request, "BonusPayments", bonus_wire)


def _submitted(market: Market, assignment_id: str) -> Assignment:
    """An assignment that requesters can see. Raises Refused."""
    assignment = market.assignment(assignment_id)
    if assignment.status not in SHOWN:
        raise request_error("InvalidAssignmentState", f"This operation can be called with a status of: {', '.join(SHOWN)}")
    return assignment
