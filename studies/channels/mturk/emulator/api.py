"""The requester's API: one request in, one answer out, or a fault that was ordered."""

import json
import socket
from typing import TYPE_CHECKING, Any

from botocore.model import OperationModel
from flask import Blueprint, Response, request

from studies.channels.mturk.emulator.errors import REQUEST_ERROR, THROTTLING, Refused
from studies.channels.mturk.emulator.faults import AFTER, BEFORE, THROTTLE
from studies.channels.mturk.emulator.lifecycle import turn
from studies.channels.mturk.emulator.operations import OPERATIONS
from studies.channels.mturk.emulator.protocol import (
    CONTENT_TYPE,
    UNKNOWN_OPERATION,
    check_authorization,
    operation_of,
    read_input,
)

if TYPE_CHECKING:
    from studies.channels.mturk.emulator.emulator import Emulator


def api(emulator: "Emulator") -> Blueprint:
    """POST /, for any operation."""
    blueprint = Blueprint("api", __name__)

    @blueprint.post("/")
    def requested() -> Response:
        return _answered(emulator)

    return blueprint


def _answered(emulator: "Emulator") -> Response:
    try:
        check_authorization(request.headers.get("Authorization", ""))
        operation = operation_of(request.headers.get("X-Amz-Target", ""))
    except Refused as refusal:
        return _said_no(emulator, refusal)
    emulator.count(operation.name)
    fault = emulator.faults.of_request(operation.name)
    if fault == BEFORE:
        return _hang_up()
    if fault == THROTTLE:
        return _said_no(emulator, Refused("Rate exceeded", kind=THROTTLING))
    outcome = _outcome(emulator, operation)
    return _hang_up() if fault == AFTER else outcome


def _outcome(emulator: "Emulator", operation: OperationModel) -> Response:
    try:
        return _json(_carried_out(emulator, operation.name, read_input(operation, request.get_data())), 200)
    except Refused as refusal:
        return _said_no(emulator, refusal)


def _carried_out(emulator: "Emulator", name: str, given: dict[str, Any]) -> dict[str, Any]:
    if name not in OPERATIONS:
        raise Refused(f"The emulator does not imitate {name}.", kind=UNKNOWN_OPERATION)
    with turn(emulator.market):
        return OPERATIONS[name](emulator.market, {field: value for field, value in given.items() if value is not None})


def _said_no(emulator: "Emulator", refusal: Refused) -> Response:
    """As Amazon writes it: errors of the service itself have a code, and the time in milliseconds at their end."""
    if not refusal.turk_code and refusal.kind != REQUEST_ERROR:
        return _json({"__type": refusal.kind, "message": str(refusal)}, refusal.status)
    message = f"{refusal} ({int(emulator.clock.now().timestamp() * 1000)})"
    answer = {"__type": refusal.kind, "Message": message, "TurkErrorCode": refusal.turk_code}
    return _json(answer, refusal.status)


def _json(payload: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(payload), status, content_type=CONTENT_TYPE)


def _hang_up() -> Response:
    """Close the connection without a word; the response that Flask asks for goes nowhere."""
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response(status=503)
