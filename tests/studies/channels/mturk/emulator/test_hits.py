from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from studies.channels.mturk.emulator import Emulator
from tests.studies.channels.mturk.emulator.requester import DAY, HOUR, Client, publish, refused, status, submitted

LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


def in_future(emulator: Emulator, seconds: float = HOUR) -> datetime:
    return emulator.clock.now() + timedelta(seconds=seconds)


def test_a_new_hit_can_be_accepted(client: Client, mturk_emulator: Emulator) -> None:
    hit = client.get_hit(HITId=publish(client, MaxAssignments=3, RequesterAnnotation="study 1"))["HIT"]
    assert (hit["HITStatus"], hit["HITReviewStatus"], hit["RequesterAnnotation"]) == ("Assignable", "NotReviewed", "study 1")
    assert (hit["NumberOfAssignmentsAvailable"], hit["NumberOfAssignmentsPending"], hit["NumberOfAssignmentsCompleted"]) == (
        3,
        0,
        0,
    )
    assert hit["Expiration"] - hit["CreationTime"] == timedelta(hours=1)
    assert abs(hit["CreationTime"] - mturk_emulator.clock.now()) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("MaxAssignments", 0),
        ("LifetimeInSeconds", 29),
        ("LifetimeInSeconds", 365 * DAY + 1),
        ("RequesterAnnotation", "a" * 256),
    ],
)
def test_what_is_out_of_its_limits_is_refused(client: Client, field: str, value: object) -> None:
    with refused("ParameterValidationError"):
        publish(client, **{field: value})


def test_layouts_are_not_imitated(client: Client) -> None:
    with refused("RequestError") as said:
        publish(client, HITLayoutId="3LAYOUT")
    assert "does not imitate HITLayoutId" in said[0]


def test_a_token_makes_one_hit_in_24_hours(client: Client, mturk_emulator: Emulator) -> None:
    first = publish(client, UniqueRequestToken="posting 1")
    with refused("HitAlreadyExists") as said:
        publish(client, UniqueRequestToken="posting 1", Title="Another one")
    assert first in said[0]
    publish(client, UniqueRequestToken="posting 2")
    mturk_emulator.clock.advance(24 * HOUR)
    assert publish(client, UniqueRequestToken="posting 1") != first


def test_a_refused_request_leaves_its_token_unused(client: Client) -> None:
    with refused("ParameterValidationError"):
        publish(client, UniqueRequestToken="posting 1", Question="none")
    publish(client, UniqueRequestToken="posting 1")


def test_places_run_out_and_come_back(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    worker = mturk_emulator.worker("A1")
    taken = worker.accept(hit_id)
    assert status(client, hit_id) == "Unassignable"
    worker.return_hit(taken.id)
    assert status(client, hit_id) == "Assignable"
    submitted(mturk_emulator, hit_id)
    assert status(client, hit_id) == "Reviewable"


def test_a_rejected_assignment_keeps_its_place(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=2)
    client.reject_assignment(AssignmentId=submitted(mturk_emulator, hit_id), RequesterFeedback="Empty.")
    hit = client.get_hit(HITId=hit_id)["HIT"]
    assert (hit["NumberOfAssignmentsAvailable"], hit["NumberOfAssignmentsCompleted"]) == (1, 1)


def test_an_expired_hit_waits_for_who_is_at_work(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=3)
    mturk_emulator.clock.advance(HOUR - 60)
    worker = mturk_emulator.worker("A1")
    taken = worker.accept(hit_id)
    mturk_emulator.clock.advance(120)
    assert status(client, hit_id) == "Unassignable"
    worker.submit(taken.id, {"answer": "1"})
    assert status(client, hit_id) == "Reviewable"


def test_expiring_at_once(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    client.update_expiration_for_hit(HITId=hit_id, ExpireAt=LONG_AGO)
    assert status(client, hit_id) == "Reviewable"
    assert mturk_emulator.worker("A1").hits() == []


def test_an_expired_hit_can_be_opened_again(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    mturk_emulator.clock.advance(2 * HOUR)
    client.update_hit_review_status(HITId=hit_id)
    client.update_expiration_for_hit(HITId=hit_id, ExpireAt=in_future(mturk_emulator))
    assert status(client, hit_id) == "Assignable"
    client.update_expiration_for_hit(HITId=hit_id, ExpireAt=LONG_AGO)
    assert status(client, hit_id) == "Reviewable"  # and no longer Reviewing


@pytest.mark.parametrize("seconds", [1e20, float("nan")])
def test_a_time_beyond_all_calendars_is_refused(client: Client, seconds: float) -> None:
    hit_id = publish(client)
    client.meta.events.register("before-call.mturk.*", lambda params, **_: params.update(body=body_with(hit_id, seconds)))
    with refused("ParameterValidationError"):
        client.update_expiration_for_hit(HITId=hit_id, ExpireAt=LONG_AGO)


def body_with(hit_id: str, seconds: float) -> bytes:
    return f'{{"HITId": "{hit_id}", "ExpireAt": {"NaN" if seconds != seconds else seconds}}}'.encode()


def test_more_assignments(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    submitted(mturk_emulator, hit_id)
    client.create_additional_assignments_for_hit(HITId=hit_id, NumberOfAdditionalAssignments=8)
    hit = client.get_hit(HITId=hit_id)["HIT"]
    assert (hit["HITStatus"], hit["MaxAssignments"], hit["NumberOfAssignmentsAvailable"]) == ("Assignable", 9, 8)


def test_nine_assignments_never_become_ten(client: Client) -> None:
    hit_id = publish(client, MaxAssignments=9)
    with refused("InvalidMaximumAssignmentsIncrease"):
        client.create_additional_assignments_for_hit(HITId=hit_id, NumberOfAdditionalAssignments=1)
    many = publish(client, MaxAssignments=10)
    client.create_additional_assignments_for_hit(HITId=many, NumberOfAdditionalAssignments=1)


def test_a_token_adds_assignments_once(client: Client) -> None:
    hit_id = publish(client)
    request = {"HITId": hit_id, "NumberOfAdditionalAssignments": 1, "UniqueRequestToken": "more"}
    client.create_additional_assignments_for_hit(**request)
    with refused("DuplicateRequest") as said:
        client.create_additional_assignments_for_hit(**request)
    assert '"more" has already been processed' in said[0]
    assert client.get_hit(HITId=hit_id)["HIT"]["MaxAssignments"] == 2


def test_reviewing_and_back(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    with refused("InvalidHITState"):
        client.update_hit_review_status(HITId=hit_id)
    mturk_emulator.clock.advance(HOUR)
    client.update_hit_review_status(HITId=hit_id)
    hit = client.get_hit(HITId=hit_id)["HIT"]
    assert (hit["HITStatus"], hit["HITReviewStatus"]) == ("Reviewing", "MarkedForReview")
    client.update_hit_review_status(HITId=hit_id, Revert=True)
    assert status(client, hit_id) == "Reviewable"


def test_only_what_is_decided_on_is_deleted(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    with refused("InvalidHITState"):
        client.delete_hit(HITId=hit_id)
    assignment_id = submitted(mturk_emulator, hit_id)
    with refused("InvalidHITState"):
        client.delete_hit(HITId=hit_id)
    client.approve_assignment(AssignmentId=assignment_id)
    client.delete_hit(HITId=hit_id)
    assert status(client, hit_id) == "Disposed"
    assert client.list_hits()["HITs"] == []


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("create_additional_assignments_for_hit", {"NumberOfAdditionalAssignments": 1}),
        ("update_expiration_for_hit", {"ExpireAt": LONG_AGO}),
        ("delete_hit", {}),
        ("update_hit_review_status", {}),
    ],
)
def test_nothing_more_happens_to_a_deleted_hit(client: Client, method: str, more: dict[str, Any]) -> None:
    hit_id = publish(client)
    client.update_expiration_for_hit(HITId=hit_id, ExpireAt=LONG_AGO)
    client.delete_hit(HITId=hit_id)
    with refused("InvalidHITState"):
        getattr(client, method)(HITId=hit_id, **more)


def test_reviewable_hits_are_listed_by_state_and_type(client: Client, mturk_emulator: Emulator) -> None:
    one, other, reviewing = publish(client), publish(client, Reward="1.00"), publish(client)
    mturk_emulator.clock.advance(HOUR)
    still_open = publish(client)
    client.update_hit_review_status(HITId=reviewing)
    type_id = client.get_hit(HITId=one)["HIT"]["HITTypeId"]
    assert ids(client.list_reviewable_hits()) == [one, other]
    assert ids(client.list_reviewable_hits(HITTypeId=type_id)) == [one]
    assert ids(client.list_reviewable_hits(Status="Reviewing")) == [reviewing]
    assert still_open in ids(client.list_hits())


def test_long_lists_come_in_pages(client: Client) -> None:
    made = [publish(client) for _ in range(23)]
    assert ids(client.list_hits()) == made[:10]  # without MaxResults
    pages = list(client.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 9}))
    assert [page["NumResults"] for page in pages] == [9, 9, 5]
    assert [hit_id for page in pages for hit_id in ids(page)] == made
    assert "NextToken" not in client.list_hits(MaxResults=23)


@pytest.mark.parametrize("token", ["!", "bm9uZQ==", "4pyT"])
def test_a_token_of_nobodys_is_refused(client: Client, token: str) -> None:
    with refused("InvalidNextToken"):
        client.list_hits(NextToken=token)


def test_a_token_of_another_list_is_refused(client: Client) -> None:
    for _ in range(2):
        publish(client)
    token = client.list_hits(MaxResults=1)["NextToken"]
    with refused("InvalidNextToken"):
        client.list_worker_blocks(NextToken=token)


def ids(answer: dict[str, Any]) -> list[str]:
    return [hit["HITId"] for hit in answer["HITs"]]
