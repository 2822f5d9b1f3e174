from typing import Any

import pytest

from tests.studies.channels.mturk.emulator.requester import WORK, Client, external, refused

LOCALE, APPROVAL = "00000000000000000071", "000000000000000000L0"
MASTERS, MASTERS_SANDBOX = "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"
US = [{"Country": "US"}]


def test_identical_values_make_the_same_hit_type(client: Client) -> None:
    first = client.create_hit_type(**WORK)["HITTypeId"]
    assert client.create_hit_type(**WORK)["HITTypeId"] == first
    assert client.create_hit_type(**{**WORK, "Reward": "0.51"})["HITTypeId"] != first


def test_hits_of_one_type_are_one_group(client: Client) -> None:
    type_id = client.create_hit_type(**WORK)["HITTypeId"]
    one, two = (
        client.create_hit_with_hit_type(HITTypeId=type_id, LifetimeInSeconds=60, Question=external())["HIT"] for _ in range(2)
    )
    assert one["HITGroupId"] == two["HITGroupId"]
    assert one["HITId"] != two["HITId"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Title", "t" * 129),
        ("Title", ""),
        ("Description", "d" * 2001),
        ("Keywords", "k" * 1001),
        ("AssignmentDurationInSeconds", 29),
        ("AssignmentDurationInSeconds", 365 * 86_400 + 1),
        ("AutoApprovalDelayInSeconds", 30 * 86_400 + 1),
        ("AutoApprovalDelayInSeconds", -1),
    ],
)
def test_limits_that_the_model_does_not_name(client: Client, field: str, value: object) -> None:
    with refused("ParameterValidationError") as said:
        client.create_hit_type(**{**WORK, field: value})
    assert said[0].startswith(field)


def test_what_is_just_within_the_limits_is_taken(client: Client) -> None:
    client.create_hit_type(
        Title="t" * 128,
        Description="d" * 2000,
        Keywords="k" * 1000,
        Reward="0.01",
        AssignmentDurationInSeconds=30,
        AutoApprovalDelayInSeconds=30 * 86_400,
    )


@pytest.mark.parametrize(
    "requirement",
    [
        {"QualificationTypeId": MASTERS, "Comparator": "Exists"},
        {"QualificationTypeId": MASTERS_SANDBOX, "Comparator": "Exists", "ActionsGuarded": "DiscoverPreviewAndAccept"},
        {"QualificationTypeId": APPROVAL, "Comparator": "GreaterThanOrEqualTo", "IntegerValues": [98]},
        {"QualificationTypeId": "00000000000000000040", "Comparator": "GreaterThan", "IntegerValues": [1000]},
        {"QualificationTypeId": "00000000000000000060", "Comparator": "EqualTo", "IntegerValues": [1]},
        {"QualificationTypeId": LOCALE, "Comparator": "In", "LocaleValues": [*US, {"Country": "CA", "Subdivision": "ON"}]},
        {"QualificationTypeId": LOCALE, "Comparator": "EqualTo", "LocaleValues": US},
    ],
)
def test_requirements_that_amazon_takes(client: Client, requirement: dict[str, Any]) -> None:
    client.create_hit_type(**WORK, QualificationRequirements=[requirement])


@pytest.mark.parametrize(
    "requirement",
    [
        {"QualificationTypeId": LOCALE, "Comparator": "EqualTo", "LocaleValues": [*US, {"Country": "CA"}]},
        {"QualificationTypeId": LOCALE, "Comparator": "EqualTo", "IntegerValues": [1]},
        {"QualificationTypeId": LOCALE, "Comparator": "Exists"},
        {"QualificationTypeId": LOCALE, "Comparator": "In", "LocaleValues": US * 31},
        {"QualificationTypeId": MASTERS, "Comparator": "Exists", "IntegerValues": [1]},
        {"QualificationTypeId": APPROVAL, "Comparator": "GreaterThan"},
        {"QualificationTypeId": APPROVAL, "Comparator": "GreaterThan", "IntegerValues": [1, 2]},
        {"QualificationTypeId": APPROVAL, "Comparator": "In", "IntegerValues": list(range(16))},
        {"QualificationTypeId": APPROVAL, "Comparator": "In", "LocaleValues": US},
        {"QualificationTypeId": MASTERS, "Comparator": "Exists", "RequiredToPreview": True, "ActionsGuarded": "Accept"},
    ],
)
def test_requirements_that_make_no_sense_are_refused(client: Client, requirement: dict[str, Any]) -> None:
    with refused("ParameterValidationError"):
        client.create_hit_type(**WORK, QualificationRequirements=[requirement])


def test_a_requirement_names_a_qualification_that_exists(client: Client) -> None:
    with refused("QualificationTypeDoesNotExist"):
        client.create_hit_type(**WORK, QualificationRequirements=[{"QualificationTypeId": "3NONE", "Comparator": "Exists"}])


def test_ten_requirements_are_enough(client: Client) -> None:
    requirement = {"QualificationTypeId": APPROVAL, "Comparator": "GreaterThan", "IntegerValues": [1]}
    client.create_hit_type(**WORK, QualificationRequirements=[requirement] * 10)
    with refused("ParameterValidationError"):
        client.create_hit_type(**WORK, QualificationRequirements=[requirement] * 11)


def test_requirements_come_back_as_they_were_sent(client: Client) -> None:
    requirement = {"QualificationTypeId": LOCALE, "Comparator": "In", "LocaleValues": US, "ActionsGuarded": "PreviewAndAccept"}
    hit = client.create_hit(**WORK, LifetimeInSeconds=60, Question=external(), QualificationRequirements=[requirement])["HIT"]
    assert hit["QualificationRequirements"] == [requirement]
