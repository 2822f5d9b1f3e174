from typing import Any

import pytest

from studies.channels.mturk.emulator import Emulator, WorkRefused
from tests.studies.channels.mturk.emulator.requester import Client, publish, refused

MASTERS, APPROVAL, COUNT = "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "000000000000000000L0", "00000000000000000040"
LOCALE, ADULT = "00000000000000000071", "00000000000000000060"
STUDY = {"Name": "Took part in study 1", "Description": "Internal.", "QualificationTypeStatus": "Active"}


def made(client: Client, **values: str) -> str:
    return str(client.create_qualification_type(**{**STUDY, **values})["QualificationType"]["QualificationTypeId"])


def test_a_name_is_used_once(client: Client) -> None:
    made(client)
    with refused("QualificationTypeAlreadyExists") as said:
        made(client)
    assert said[0].startswith("You have already created a QualificationType with this name.")


def test_a_qualification_type_comes_back_as_it_was_made(client: Client) -> None:
    type_id = made(client, Keywords="study")
    kind = client.get_qualification_type(QualificationTypeId=type_id)["QualificationType"]
    assert (kind["Name"], kind["Keywords"], kind["QualificationTypeStatus"]) == (STUDY["Name"], "study", "Active")
    with refused("QualificationTypeDoesNotExist"):
        client.get_qualification_type(QualificationTypeId="3NONE")


def test_qualification_types_are_searched_for(client: Client) -> None:
    one, _ = made(client), made(client, Name="Other")
    found = client.list_qualification_types(Query="TOOK PART", MustBeRequestable=False)["QualificationTypes"]
    assert [kind["QualificationTypeId"] for kind in found] == [one]


def test_a_score_is_given_changed_and_taken(client: Client) -> None:
    named = {"QualificationTypeId": made(client), "WorkerId": "A1"}
    with refused("QualificationDoesNotExist"):
        client.get_qualification_score(**named)
    client.associate_qualification_with_worker(**named)
    assert client.get_qualification_score(**named)["Qualification"]["IntegerValue"] == 1
    client.associate_qualification_with_worker(**named, IntegerValue=7)
    client.disassociate_qualification_from_worker(**named)
    taken = client.get_qualification_score(**named)["Qualification"]
    assert (taken["IntegerValue"], taken["Status"]) == (7, "Revoked")
    with refused("QualificationDoesNotExist"):
        client.disassociate_qualification_from_worker(**named)


def needs(type_id: str, comparator: str, *integers: int, **more: Any) -> dict[str, Any]:
    values = {"IntegerValues": list(integers)} if integers else {}
    return {"QualificationTypeId": type_id, "Comparator": comparator, **values, **more}


def lives(comparator: str, *places: str) -> dict[str, Any]:
    locales = [dict(zip(("Country", "Subdivision"), place.split("-"), strict=False)) for place in places]
    return needs(LOCALE, comparator, LocaleValues=locales)


@pytest.mark.parametrize(
    ("requirement", "attributes", "qualified"),
    [
        (needs(MASTERS, "Exists"), {"masters": True}, True),
        (needs(MASTERS, "Exists"), {"masters": False}, False),
        (needs(MASTERS, "DoesNotExist"), {"masters": False}, True),
        (needs(APPROVAL, "GreaterThanOrEqualTo", 98), {"approval_rate": 98}, True),
        (needs(APPROVAL, "GreaterThan", 98), {"approval_rate": 98}, False),
        (needs(APPROVAL, "LessThan", 98), {"approval_rate": 97}, True),
        (needs(APPROVAL, "LessThanOrEqualTo", 98), {"approval_rate": 99}, False),
        (needs(COUNT, "EqualTo", 5), {"approved_count": 5}, True),
        (needs(COUNT, "NotEqualTo", 5), {"approved_count": 5}, False),
        (needs(COUNT, "In", 5, 6), {"approved_count": 6}, True),
        (needs(COUNT, "NotIn", 5, 6), {"approved_count": 6}, False),
        (needs(ADULT, "EqualTo", 1), {"adult": False}, False),
        (lives("EqualTo", "US"), {"country": "US", "subdivision": "WA"}, True),
        (lives("EqualTo", "US-CA"), {"country": "US", "subdivision": "WA"}, False),
        (lives("In", "US-WA", "CA"), {"country": "CA"}, True),
        (lives("NotIn", "US", "CA"), {"country": "CA"}, False),
        (lives("NotEqualTo", "US"), {"country": "DE"}, True),
    ],
)
def test_who_may_accept(
    client: Client, mturk_emulator: Emulator, requirement: dict[str, Any], attributes: dict[str, Any], qualified: bool
) -> None:
    publish(client, QualificationRequirements=[requirement])
    (offer,) = mturk_emulator.worker("A1", **attributes).hits()
    assert offer.qualified is qualified


def test_who_may_not_accept_is_told_why(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, QualificationRequirements=[needs(APPROVAL, "GreaterThan", 98), lives("In", "US-WA", "CA")])
    worker = mturk_emulator.worker("A1", approval_rate=90, country="DE")
    with pytest.raises(WorkRefused) as refusal:
        worker.accept(hit_id)
    assert "share of approved assignments, in per cent: greater than 98." in str(refusal.value)
    assert "country: in US-WA, CA." in str(refusal.value)


def test_an_own_qualification_keeps_repeat_workers_out(client: Client, mturk_emulator: Emulator) -> None:
    type_id = made(client)
    hit_id = publish(client, MaxAssignments=2, QualificationRequirements=[needs(type_id, "DoesNotExist")])
    client.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId="A1")
    with pytest.raises(WorkRefused, match="Took part in study 1: does not exist"):
        mturk_emulator.worker("A1").accept(hit_id)
    client.disassociate_qualification_from_worker(QualificationTypeId=type_id, WorkerId="A1")
    mturk_emulator.worker("A1").accept(hit_id)


@pytest.mark.parametrize(
    ("guard", "listed", "previewed"),
    [
        ({"ActionsGuarded": "DiscoverPreviewAndAccept"}, False, False),
        ({"ActionsGuarded": "PreviewAndAccept"}, True, False),
        ({"ActionsGuarded": "Accept"}, True, True),
        ({"RequiredToPreview": True}, True, False),
        ({}, True, True),
    ],
)
def test_a_requirement_guards_what_it_says(
    client: Client, mturk_emulator: Emulator, guard: dict[str, Any], listed: bool, previewed: bool
) -> None:
    hit_id = publish(client, QualificationRequirements=[needs(MASTERS, "Exists", **guard)])
    worker = mturk_emulator.worker("A1")
    offers = worker.hits()
    assert [offer.may_preview for offer in offers] == ([previewed] if listed else [])
    with pytest.raises(WorkRefused):
        worker.accept(hit_id)
    mturk_emulator.worker("A1", masters=True).accept(hit_id)


def test_an_approval_counts_for_the_worker(client: Client, mturk_emulator: Emulator) -> None:
    first = publish(client)
    publish(client, QualificationRequirements=[needs(COUNT, "GreaterThan", 0)])
    worker = mturk_emulator.worker("A1", approved_count=0)
    assignment = worker.accept(first)
    worker.submit(assignment.id, {"answer": "1"})
    assert [offer.qualified for offer in worker.hits()] == [False]
    client.approve_assignment(AssignmentId=assignment.id)
    assert [offer.qualified for offer in worker.hits()] == [True]
