"""The requester's own qualifications, and who has them."""

from dataclasses import replace
from typing import Any

from studies.channels.mturk.emulator.errors import request_error, unknown
from studies.channels.mturk.emulator.market import Market, new_id
from studies.channels.mturk.emulator.operations.hit_types import check_length
from studies.channels.mturk.emulator.pagination import page_of
from studies.channels.mturk.emulator.records import Grant, QualificationType
from studies.channels.mturk.emulator.wire import grant_wire, qualification_type_wire

OWN_FIELDS = ("Name", "Description")
SEARCHED = ("Name", "Description", "Keywords")
GRANTED_VALUE = 1


def create_qualification_type(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    """No two have the same name."""
    check_length("Name", request["Name"], 200)
    check_length("Description", request["Description"], 2000)
    if any(there.name == request["Name"] for there in market.qualification_types.values()):
        raise request_error("QualificationTypeAlreadyExists", "You have already created a QualificationType with this name.")
    details = {name: value for name, value in request.items() if name not in OWN_FIELDS}
    made = QualificationType(new_id(), request["Name"], request["Description"], market.now, details)
    market.qualification_types[made.id] = made
    return {"QualificationType": qualification_type_wire(made)}


def get_qualification_type(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    return {"QualificationType": qualification_type_wire(_type(market, request))}


def list_qualification_types(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    """The requester's own, whose name, description or keywords contain the query."""
    query = request.get("Query", "").lower()
    there = map(qualification_type_wire, market.qualification_types.values())
    chosen = [each for each in there if any(query in each.get(name, "").lower() for name in SEARCHED)]
    return page_of(chosen, request, "QualificationTypes", lambda each: each)


def associate(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    """Give a worker a qualification, or another score in it."""
    kind, worker = _type(market, request), market.worker(request["WorkerId"])
    value = request.get("IntegerValue", GRANTED_VALUE)
    market.grants[kind.id, worker.id] = Grant(kind.id, worker.id, value, market.now)
    return {}


def disassociate(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    grant = _grant(market, request)
    if grant.revoked:
        raise _not_granted()
    market.grants[grant.type_id, grant.worker_id] = replace(grant, revoked=True)
    return {}


def get_qualification_score(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    """Of a qualification taken away, too, as Revoked."""
    return {"Qualification": grant_wire(_grant(market, request))}


def _type(market: Market, request: dict[str, Any]) -> QualificationType:
    type_id = request["QualificationTypeId"]
    if type_id not in market.qualification_types:
        raise unknown("QualificationType", type_id)
    return market.qualification_types[type_id]


def _grant(market: Market, request: dict[str, Any]) -> Grant:
    grant = market.grants.get((_type(market, request).id, request["WorkerId"]))
    if not grant:
        raise _not_granted()
    return grant


def _not_granted() -> Exception:
    return request_error("QualificationDoesNotExist", "You requested a Qualification that does not exist.")
