import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.emulator.outbox import NoAddress
from tests.studies.channels.mturk.emulator.requester import DAY, HOUR, WORK, Client, external, refused, submitted
from tests.studies.channels.mturk.emulator.subscriber import Subscriber, listening

TOPIC = "arn:aws:sns:us-east-1:123456789012:mturk"
EVERYTHING = [
    "AssignmentAccepted",
    "AssignmentAbandoned",
    "AssignmentReturned",
    "AssignmentSubmitted",
    "AssignmentRejected",
    "AssignmentApproved",
    "HITCreated",
    "HITExpired",
    "HITReviewable",
    "HITExtended",
    "HITDisposed",
]


@pytest.fixture
def subscriber(mturk_emulator: Emulator) -> Iterator[Subscriber]:
    with listening() as subscriber:
        mturk_emulator.subscribe(TOPIC, subscriber.address)
        yield subscriber
        mturk_emulator.outbox.wait()


def specification(*events: str, **more: Any) -> dict[str, Any]:
    return {"Destination": TOPIC, "Transport": "SNS", "Version": "2014-08-15", "EventTypes": list(events), **more}


def notified_type(client: Client, *events: str) -> str:
    type_id = client.create_hit_type(**WORK)["HITTypeId"]
    client.update_notification_settings(HITTypeId=type_id, Notification=specification(*events or EVERYTHING))
    return str(type_id)


def publish_of(client: Client, type_id: str, assignments: int = 1) -> str:
    request = {"HITTypeId": type_id, "LifetimeInSeconds": HOUR, "MaxAssignments": assignments, "Question": external()}
    return str(client.create_hit_with_hit_type(**request)["HIT"]["HITId"])


def test_a_whole_life_is_told_in_order(client: Client, mturk_emulator: Emulator, subscriber: Subscriber) -> None:
    hit_id = publish_of(client, notified_type(client))
    assignment_id = submitted(mturk_emulator, hit_id)
    client.approve_assignment(AssignmentId=assignment_id)
    client.delete_hit(HITId=hit_id)
    mturk_emulator.outbox.wait()
    assert subscriber.kinds == [
        "HITCreated",
        "AssignmentAccepted",
        "AssignmentSubmitted",
        "HITReviewable",
        "AssignmentApproved",
        "HITDisposed",
    ]
    assert {event["HITId"] for event in subscriber.events} == {hit_id}
    assert subscriber.events[2]["AssignmentId"] == assignment_id


def test_a_message_looks_like_one_of_sns(client: Client, mturk_emulator: Emulator, subscriber: Subscriber) -> None:
    type_id = notified_type(client, "HITCreated")
    hit_id = publish_of(client, type_id)
    mturk_emulator.outbox.wait()
    (message,), (headers,) = subscriber.messages, subscriber.headers
    assert (message["Type"], message["TopicArn"]) == ("Notification", TOPIC)
    assert (headers["x-amz-sns-message-type"], headers["x-amz-sns-message-id"]) == ("Notification", message["MessageId"])
    document = json.loads(message["Message"])
    assert document["EventDocVersion"] == "2014-08-15"
    (event,) = document["Events"]
    moment = datetime.strptime(event.pop("EventTimestamp"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs((moment - mturk_emulator.clock.now()).total_seconds()) < 60
    assert event == {"EventType": "HITCreated", "HITTypeId": type_id, "HITId": hit_id}


def test_the_clock_brings_events_with_the_time_when_they_were_due(
    client: Client, mturk_emulator: Emulator, subscriber: Subscriber
) -> None:
    hit_id = publish_of(client, notified_type(client), assignments=2)
    mturk_emulator.worker("A1").accept(hit_id)
    mturk_emulator.clock.advance(DAY)
    mturk_emulator.outbox.wait()
    assert subscriber.kinds[2:] == ["AssignmentAbandoned", "HITExpired", "HITReviewable"]
    created, abandoned, expired = (subscriber.events[number]["EventTimestamp"] for number in (0, 2, 3))
    seconds = [(datetime.fromisoformat(later) - datetime.fromisoformat(created)).seconds for later in (abandoned, expired)]
    assert seconds == pytest.approx([600, HOUR], abs=2)


def test_returning_rejecting_and_extending_are_told(client: Client, mturk_emulator: Emulator, subscriber: Subscriber) -> None:
    hit_id = publish_of(client, notified_type(client, "AssignmentReturned", "AssignmentRejected", "HITExtended", "HITExpired"))
    worker = mturk_emulator.worker("A1")
    worker.return_hit(worker.accept(hit_id).id)
    client.reject_assignment(AssignmentId=submitted(mturk_emulator, hit_id), RequesterFeedback="Empty.")
    client.create_additional_assignments_for_hit(HITId=hit_id, NumberOfAdditionalAssignments=1)
    client.update_expiration_for_hit(HITId=hit_id, ExpireAt=datetime(2015, 1, 1, tzinfo=UTC))
    mturk_emulator.outbox.wait()
    assert subscriber.kinds == ["AssignmentReturned", "AssignmentRejected", "HITExtended", "HITExpired"]


def test_a_hit_that_is_opened_again_becomes_reviewable_again(
    client: Client, mturk_emulator: Emulator, subscriber: Subscriber
) -> None:
    hit_id = publish_of(client, notified_type(client, "HITReviewable"))
    submitted(mturk_emulator, hit_id, "A1")
    client.update_hit_review_status(HITId=hit_id)
    client.create_additional_assignments_for_hit(HITId=hit_id, NumberOfAdditionalAssignments=1)
    submitted(mturk_emulator, hit_id, "A2")
    mturk_emulator.outbox.wait()
    assert subscriber.kinds == ["HITReviewable", "HITReviewable"]


def test_notifications_are_switched_off_and_on(client: Client, mturk_emulator: Emulator, subscriber: Subscriber) -> None:
    type_id = notified_type(client, "HITCreated")
    client.update_notification_settings(HITTypeId=type_id, Active=False)
    publish_of(client, type_id)
    client.update_notification_settings(HITTypeId=type_id, Active=True)
    publish_of(client, type_id)
    mturk_emulator.outbox.wait()
    assert subscriber.kinds == ["HITCreated"]


def test_settings_that_say_nothing_are_refused(client: Client) -> None:
    type_id = client.create_hit_type(**WORK)["HITTypeId"]
    for request in ({}, {"Active": True}):
        with refused("InvalidParameterValue"):
            client.update_notification_settings(HITTypeId=type_id, **request)
    strange: list[dict[str, Any]] = [{"Version": "2020"}, {"EventTypes": []}, {"EventTypes": ["Ping"]}, {"Destination": ""}]
    for wrong in strange:
        with refused("ParameterValidationError"):
            client.update_notification_settings(HITTypeId=type_id, Notification={**specification("HITCreated"), **wrong})


def test_a_test_event_comes_at_once(client: Client, mturk_emulator: Emulator, subscriber: Subscriber) -> None:
    for event in ("Ping", "AssignmentSubmitted"):
        client.send_test_event_notification(Notification=specification(event), TestEventType=event)
    mturk_emulator.outbox.wait()
    assert subscriber.kinds == ["Ping", "AssignmentSubmitted"]
    assert "AssignmentId" in subscriber.events[1]


def test_an_email_goes_nowhere(client: Client, mturk_emulator: Emulator, subscriber: Subscriber) -> None:
    client.send_test_event_notification(Notification=specification("Ping", Transport="Email"), TestEventType="Ping")
    mturk_emulator.outbox.wait()
    assert subscriber.messages == []


def ping(client: Client, times: int) -> None:
    for _ in range(times):
        client.send_test_event_notification(Notification=specification("Ping"), TestEventType="Ping")


def test_a_lost_notification_never_comes(client: Client, mturk_emulator: Emulator, subscriber: Subscriber) -> None:
    mturk_emulator.faults.lose = 1.0
    ping(client, 2)
    mturk_emulator.faults.lose = 0.0
    ping(client, 1)
    mturk_emulator.outbox.wait()
    assert len(subscriber.messages) == 1


def test_a_duplicated_notification_comes_twice_under_one_id(
    client: Client, mturk_emulator: Emulator, subscriber: Subscriber
) -> None:
    mturk_emulator.faults.duplicate = 1.0
    ping(client, 2)
    mturk_emulator.outbox.wait()
    assert sorted(Counter(message["MessageId"] for message in subscriber.messages).values()) == [2, 2]


def test_a_reordered_notification_comes_after_the_next(
    client: Client, mturk_emulator: Emulator, subscriber: Subscriber
) -> None:
    mturk_emulator.faults.reorder = 1.0
    hit_id = publish_of(client, notified_type(client))
    mturk_emulator.faults.reorder = 0.0
    mturk_emulator.worker("A1").accept(hit_id)
    mturk_emulator.outbox.wait()
    assert subscriber.kinds == ["AssignmentAccepted", "HITCreated"]


def test_one_kept_back_comes_though_nothing_follows(client: Client, mturk_emulator: Emulator, subscriber: Subscriber) -> None:
    mturk_emulator.faults.reorder = 1.0
    ping(client, 1)
    mturk_emulator.outbox.wait()
    assert subscriber.kinds == ["Ping"]


def test_what_could_not_be_delivered_is_kept_with_its_reason(
    client: Client, mturk_emulator: Emulator, subscriber: Subscriber
) -> None:
    subscriber.status = 500
    ping(client, 1)
    mturk_emulator.outbox.wait()
    ((notice, reason),) = mturk_emulator.outbox.undelivered
    assert notice.address == subscriber.address
    assert "500" in reason
    assert mturk_emulator.outbox.delivered == []


def test_a_subscription_needs_an_address(mturk_emulator: Emulator) -> None:
    with pytest.raises(NoAddress):
        mturk_emulator.subscribe(TOPIC, "mailto:me@example.com")
