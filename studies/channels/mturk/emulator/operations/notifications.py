"""Which events a requester is told of, and where."""

from typing import Any

from studies.channels.mturk.emulator.errors import out_of_range, request_error
from studies.channels.mturk.emulator.events import moment, send
from studies.channels.mturk.emulator.market import Market, new_id

VERSIONS = ("2006-05-05", "2014-08-15")  # of the API reference, and of the developer guide
PING = "Ping"


def update_notification_settings(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    type_id, specification = market.hit_type(request["HITTypeId"]).id, request.get("Notification")
    if specification is None and "Active" not in request:
        raise request_error("InvalidParameterValue", "Either Notification or Active must be provided.")
    if specification is None and type_id not in market.notifications:
        raise request_error("InvalidParameterValue", f"The HIT type {type_id} has no notification specification yet.")
    if specification:
        _check(specification)
        if PING in specification["EventTypes"]:
            raise out_of_range("EventTypes", "without Ping, which is for SendTestEventNotification alone")
        market.notifications[type_id] = specification
    if request.get("Active", True):
        market.silent.discard(type_id)
    else:
        market.silent.add(type_id)
    return {}


def send_test_event_notification(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    """An event of the type asked for, of a HIT and an assignment that do not exist."""
    specification, event_type = request["Notification"], request["TestEventType"]
    _check(specification)
    event = {"EventType": event_type, "EventTimestamp": moment(market.now)}
    if event_type != PING:
        event |= {"HITTypeId": new_id(), "HITId": new_id()}
    if event_type.startswith("Assignment"):
        event["AssignmentId"] = new_id()
    send(market, specification, event)
    return {}


def _check(specification: dict[str, Any]) -> None:
    if specification["Version"] not in VERSIONS:
        raise out_of_range("Version", f"one of {', '.join(VERSIONS)}")
    if not specification["EventTypes"]:
        raise out_of_range("EventTypes", "at least one")
    if not specification["Destination"]:
        raise out_of_range("Destination", "the ARN of a topic or the address of a queue")
