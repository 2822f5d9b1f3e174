from datetime import timedelta

import pytest

from studies.channels.mturk.emulator import Emulator, WorkRefused
from tests.studies.channels.mturk.emulator.requester import DAY, HOUR, Client, publish, refused, submitted


def test_a_submitted_assignment_is_listed_with_its_answer(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, AutoApprovalDelayInSeconds=DAY)
    assignment_id = submitted(mturk_emulator, hit_id, "A1")
    (listed,) = client.list_assignments_for_hit(HITId=hit_id)["Assignments"]
    assert (listed["AssignmentId"], listed["WorkerId"], listed["HITId"]) == (assignment_id, "A1", hit_id)
    assert listed["AssignmentStatus"] == "Submitted"
    assert "<QuestionIdentifier>session</QuestionIdentifier><FreeText>s</FreeText>" in listed["Answer"]
    assert listed["AutoApprovalTime"] - listed["SubmitTime"] == timedelta(days=1)
    assert listed["Deadline"] - listed["AcceptTime"] == timedelta(seconds=600)


def test_requesters_do_not_see_who_is_at_work(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=3)
    accepted, returned = mturk_emulator.worker("A1").accept(hit_id), mturk_emulator.worker("A2").accept(hit_id)
    mturk_emulator.worker("A2").return_hit(returned.id)
    assert client.list_assignments_for_hit(HITId=hit_id)["Assignments"] == []
    for assignment in (accepted, returned):
        with refused("InvalidAssignmentState"):
            client.get_assignment(AssignmentId=assignment.id)


def test_assignments_are_listed_by_state_and_in_pages(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=4)
    made = [submitted(mturk_emulator, hit_id, f"A{number}") for number in range(4)]
    client.approve_assignment(AssignmentId=made[0])
    client.reject_assignment(AssignmentId=made[1], RequesterFeedback="Empty.")
    decided = client.list_assignments_for_hit(HITId=hit_id, AssignmentStatuses=["Approved", "Rejected"])
    assert [each["AssignmentId"] for each in decided["Assignments"]] == made[:2]
    pages = client.get_paginator("list_assignments_for_hit").paginate(HITId=hit_id, PaginationConfig={"PageSize": 3})
    assert [[each["AssignmentId"] for each in page["Assignments"]] for page in pages] == [made[:3], made[3:]]


def test_who_submits_first_is_listed_first(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=2)
    slow = mturk_emulator.worker("A1").accept(hit_id)
    quick = submitted(mturk_emulator, hit_id, "A2")
    mturk_emulator.worker("A1").submit(slow.id, {"answer": "1"})
    listed = client.list_assignments_for_hit(HITId=hit_id)["Assignments"]
    assert [each["AssignmentId"] for each in listed] == [quick, slow.id]


def test_an_assignment_comes_with_its_hit(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    answer = client.get_assignment(AssignmentId=submitted(mturk_emulator, hit_id))
    assert (answer["HIT"]["HITId"], answer["Assignment"]["HITId"]) == (hit_id, hit_id)


def test_approving_twice_is_an_error(client: Client, mturk_emulator: Emulator) -> None:
    assignment_id = submitted(mturk_emulator, publish(client))
    client.approve_assignment(AssignmentId=assignment_id, RequesterFeedback="Thank you.")
    with refused("InvalidAssignmentState") as said:
        client.approve_assignment(AssignmentId=assignment_id)
    assert said[0].startswith("This operation can be called with a status of: Submitted")
    approved = client.get_assignment(AssignmentId=assignment_id)["Assignment"]
    assert (approved["AssignmentStatus"], approved["RequesterFeedback"]) == ("Approved", "Thank you.")
    assert approved["ApprovalTime"] >= approved["SubmitTime"]


def test_what_nobody_submitted_is_not_approved(client: Client, mturk_emulator: Emulator) -> None:
    accepted = mturk_emulator.worker("A1").accept(publish(client))
    with refused("InvalidAssignmentState"):
        client.approve_assignment(AssignmentId=accepted.id)
    with refused("AssignmentDoesNotExist"):
        client.approve_assignment(AssignmentId="3NONE")


def test_a_rejection_is_overridden_within_30_days(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=2)
    early, late = submitted(mturk_emulator, hit_id, "A1"), submitted(mturk_emulator, hit_id, "A2")
    for assignment_id in (early, late):
        client.reject_assignment(AssignmentId=assignment_id, RequesterFeedback="Empty.")
    with refused("InvalidAssignmentState"):
        client.approve_assignment(AssignmentId=early)
    mturk_emulator.clock.advance(29 * DAY)
    client.approve_assignment(AssignmentId=early, OverrideRejection=True)
    mturk_emulator.clock.advance(2 * DAY)
    with refused("InvalidAssignmentState"):
        client.approve_assignment(AssignmentId=late, OverrideRejection=True)


def test_a_rejection_stands_once_the_hit_is_deleted(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    assignment_id = submitted(mturk_emulator, hit_id)
    client.reject_assignment(AssignmentId=assignment_id, RequesterFeedback="Empty.")
    client.delete_hit(HITId=hit_id)
    with refused("InvalidHITState"):
        client.approve_assignment(AssignmentId=assignment_id, OverrideRejection=True)


def test_a_rejection_says_why(client: Client, mturk_emulator: Emulator) -> None:
    assignment_id = submitted(mturk_emulator, publish(client))
    for feedback in ("", "x" * 1025):
        with refused("ParameterValidationError"):
            client.reject_assignment(AssignmentId=assignment_id, RequesterFeedback=feedback)
    client.reject_assignment(AssignmentId=assignment_id, RequesterFeedback="Empty.")
    with refused("InvalidAssignmentState"):
        client.reject_assignment(AssignmentId=assignment_id, RequesterFeedback="Empty.")


def test_an_assignment_approves_itself_when_its_time_is_over(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, AutoApprovalDelayInSeconds=DAY)
    assignment_id = submitted(mturk_emulator, hit_id)
    mturk_emulator.clock.advance(DAY - 60)
    assert client.get_assignment(AssignmentId=assignment_id)["Assignment"]["AssignmentStatus"] == "Submitted"
    mturk_emulator.clock.advance(3 * DAY)
    approved = client.get_assignment(AssignmentId=assignment_id)["Assignment"]
    assert approved["AssignmentStatus"] == "Approved"
    assert approved["ApprovalTime"] - approved["SubmitTime"] == timedelta(days=1)


def test_without_a_delay_of_its_own_that_is_after_30_days(client: Client, mturk_emulator: Emulator) -> None:
    assignment_id = submitted(mturk_emulator, publish(client))
    mturk_emulator.clock.advance(30 * DAY - 60)
    assert client.get_assignment(AssignmentId=assignment_id)["Assignment"]["AssignmentStatus"] == "Submitted"
    mturk_emulator.clock.advance(120)
    assert client.get_assignment(AssignmentId=assignment_id)["Assignment"]["AssignmentStatus"] == "Approved"


def test_an_assignment_is_abandoned_at_its_deadline(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, AssignmentDurationInSeconds=600)
    worker = mturk_emulator.worker("A1")
    first = worker.accept(hit_id)
    mturk_emulator.clock.advance(601)
    assert client.get_hit(HITId=hit_id)["HIT"]["NumberOfAssignmentsAvailable"] == 1
    with pytest.raises(WorkRefused, match="time for this HIT is over"):
        worker.submit(first.id, {"answer": "1"})
    assert worker.accept(hit_id).id != first.id


def test_a_bonus_is_paid_to_who_did_the_work(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    assignment_id = submitted(mturk_emulator, hit_id, "A1")
    bonus = {"WorkerId": "A1", "AssignmentId": assignment_id, "BonusAmount": "1.5", "Reason": "Thank you."}
    client.send_bonus(**bonus)
    for named in ({"HITId": hit_id}, {"AssignmentId": assignment_id}):
        (paid,) = client.list_bonus_payments(**named)["BonusPayments"]
        assert {name: paid[name] for name in bonus} == {**bonus, "BonusAmount": "1.50"}
    with refused("WorkerDoesNotMatchAssignment"):
        client.send_bonus(**{**bonus, "WorkerId": "A2"})


@pytest.mark.parametrize(("field", "value"), [("BonusAmount", "0"), ("BonusAmount", "10000.01"), ("Reason", "")])
def test_a_bonus_has_its_limits(client: Client, mturk_emulator: Emulator, field: str, value: str) -> None:
    assignment_id = submitted(mturk_emulator, publish(client), "A1")
    bonus = {"WorkerId": "A1", "AssignmentId": assignment_id, "BonusAmount": "1", "Reason": "Thank you."}
    with refused("ParameterValidationError"):
        client.send_bonus(**{**bonus, field: value})


def test_a_token_pays_one_bonus_in_24_hours(client: Client, mturk_emulator: Emulator) -> None:
    assignment_id = submitted(mturk_emulator, publish(client), "A1")
    bonus = {
        "WorkerId": "A1",
        "AssignmentId": assignment_id,
        "BonusAmount": "1",
        "Reason": "Thanks.",
        "UniqueRequestToken": "b",
    }
    client.send_bonus(**bonus)
    with refused("DuplicateRequest"):
        client.send_bonus(**bonus)
    assert len(client.list_bonus_payments(AssignmentId=assignment_id)["BonusPayments"]) == 1
    mturk_emulator.clock.advance(24 * HOUR)
    client.send_bonus(**bonus)


def test_bonuses_are_listed_of_a_hit_or_an_assignment(client: Client) -> None:
    for named in ({}, {"HITId": "A", "AssignmentId": "B"}):
        with refused("InvalidParameterValue"):
            client.list_bonus_payments(**named)
    with refused("HITDoesNotExist"):
        client.list_bonus_payments(HITId="3NONE")
