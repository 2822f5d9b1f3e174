"""The event documents that requesters are sent."""

import secrets
from datetime import UTC, datetime
from typing import Any

from studies.channels.mturk.emulator.market import Market
from studies.channels.mturk.emulator.records import Assignment, Hit

CUSTOMER = "AEMULATEDREQUESTER"
EMAIL = "Email"


def tell(market: Market, kind: str, hit: Hit, assignment: Assignment | None = None, *, at: datetime | None = None) -> None:
    """Publish an event of a HIT, if its type has notifications of that kind. at: when it happened; by default now."""
    specification = market.notifications.get(hit.type.id)
    if not specification or hit.type.id in market.silent or kind not in specification["EventTypes"]:
        return
    happened = at or market.now
    event = {"EventType": kind, "EventTimestamp": moment(happened), "HITTypeId": hit.type.id, "HITId": hit.id}
    if assignment:
        event["AssignmentId"] = assignment.id
    send(market, specification, event)


def send(market: Market, specification: dict[str, Any], event: dict[str, Any]) -> None:
    """Publish one event as its specification says. Email is a transport that Amazon no longer serves: nothing is sent."""
    if specification["Transport"] == EMAIL:
        return
    document = {
        "EventDocVersion": specification["Version"],
        "EventDocId": secrets.token_hex(20),
        "CustomerId": CUSTOMER,
        "Events": [event],
    }
    market.outbox.publish(specification["Destination"], document, market.now)


def moment(at: datetime) -> str:
    """A time as in Amazon's documents: 2005-01-31T23:59:59Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
