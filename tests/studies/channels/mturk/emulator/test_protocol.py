"""What of a request is refused before any operation sees it."""

import json
import logging
from typing import Any

import httpx
import pytest

from studies.channels.mturk.emulator import Emulator
from tests.studies.channels.mturk.emulator.requester import WORK, Client, external, refused

SIGNED = "AWS4-HMAC-SHA256 Credential=KEY/20260101/{}/{}/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
HERE = SIGNED.format("us-east-1", "mturk-requester")


def post(emulator: Emulator, body: object, *, operation: str = "GetHIT", authorization: str = HERE) -> dict[str, Any]:
    headers = {"X-Amz-Target": f"MTurkRequesterServiceV20170117.{operation}", "Authorization": authorization}
    content = body if isinstance(body, str) else json.dumps(body)
    answer = httpx.post(emulator.url, content=content, headers=headers, trust_env=False)
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    return {"status": answer.status_code, **answer.json()}


def test_an_unknown_field_is_refused_with_the_known_ones(mturk_emulator: Emulator) -> None:
    answer = post(mturk_emulator, {"HITId": "A", "HitId": "A"})
    assert (answer["status"], answer["__type"]) == (400, "ValidationException")
    assert "'hitId' failed to satisfy constraint: Member must be one of [HITId]" in answer["message"]


def test_all_missing_fields_are_named_at_once(client: Client) -> None:
    with refused("ValidationException") as said:
        client.create_hit_type(Title="Which?", Description="Choose.")
    assert said[0].startswith("2 validation errors detected")
    assert "'assignmentDurationInSeconds'" in said[0]
    assert "'reward'" in said[0]


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("MaxResults", 101, "less than or equal to 100"),
        ("MaxResults", 0, "greater than or equal to 1"),
        ("HITId", "lower case", "regular expression pattern: ^[A-Z0-9]+$"),
        ("HITId", "A" * 65, "length less than or equal to 64"),
        ("AssignmentStatuses", ["Accepted"], "enum value set: [Submitted, Approved, Rejected]"),
    ],
)
def test_the_limits_of_the_service_model_are_kept(client: Client, field: str, value: object, rule: str) -> None:
    with refused("ValidationException") as said:
        client.list_assignments_for_hit(**{"HITId": "A", field: value})
    assert rule in said[0]


@pytest.mark.parametrize("amount", ["1.234", "$1", "-1", "1,50", ""])
def test_an_amount_must_look_like_one(client: Client, amount: str) -> None:
    with refused("ValidationException"):
        client.create_hit_type(**{**WORK, "Reward": amount})


@pytest.mark.parametrize("body", ["{", "[]", {"HITId": 1}, {"HITId": True}, {"HITId": ["A"]}])
def test_what_is_no_json_or_of_another_type_is_a_serialization_error(mturk_emulator: Emulator, body: object) -> None:
    answer = post(mturk_emulator, body)
    assert (answer["status"], answer["__type"]) == (400, "SerializationException")


def test_true_is_no_number(mturk_emulator: Emulator) -> None:
    assert post(mturk_emulator, {"MaxResults": True}, operation="ListHITs")["__type"] == "SerializationException"


def test_nested_fields_are_checked_too(client: Client) -> None:
    requirement = {"QualificationTypeId": "00000000000000000071", "Comparator": "In", "LocaleValues": [{"Country": "USA"}]}
    with refused("ValidationException") as said:
        client.create_hit_type(**WORK, QualificationRequirements=[requirement])
    assert "'qualificationRequirements.1.member.LocaleValues.1.member.Country'" in said[0]


@pytest.mark.parametrize("operation", ["MakeMoney", ""])
def test_an_operation_that_the_model_lacks_is_refused(mturk_emulator: Emulator, operation: str) -> None:
    assert post(mturk_emulator, {}, operation=operation)["__type"] == "UnknownOperationException"


def test_an_operation_that_the_emulator_lacks_says_so(mturk_emulator: Emulator) -> None:
    answer = post(mturk_emulator, {"AssignmentId": "A", "QuestionIdentifier": "q"}, operation="GetFileUploadURL")
    assert answer["message"] == "The emulator does not imitate GetFileUploadURL."


@pytest.mark.parametrize(
    ("authorization", "kind"),
    [
        ("", "MissingAuthenticationTokenException"),
        ("Token secret", "IncompleteSignatureException"),
        (SIGNED.format("eu-west-1", "mturk-requester"), "InvalidSignatureException"),
        (SIGNED.format("us-east-1", "s3"), "InvalidSignatureException"),
    ],
)
def test_requests_are_signed_for_the_region_and_service(mturk_emulator: Emulator, authorization: str, kind: str) -> None:
    assert post(mturk_emulator, {"HITId": "A"}, authorization=authorization)["__type"] == kind
    assert not mturk_emulator.requests


def test_no_signature_is_logged(client: Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG, logger="werkzeug"):
        client.create_hit_type(**WORK)
    assert "Signature" not in caplog.text + "".join(capfd.readouterr())


def test_requests_are_counted_by_operation(mturk_emulator: Emulator, client: Client) -> None:
    client.get_account_balance()
    client.get_account_balance()
    with refused("HITDoesNotExist"):
        client.get_hit(HITId="A")
    assert mturk_emulator.requests == {"GetAccountBalance": 2, "GetHIT": 1}


def test_an_error_has_amazons_code_and_the_time_in_its_message(client: Client) -> None:
    with refused("HITDoesNotExist") as said:
        client.get_hit(HITId="3ABC")
    assert said[0].startswith("Hit 3ABC does not exist. (1")
    with refused("RequestError"):
        client.get_hit(HITId="3ABC")


def test_a_null_is_as_good_as_nothing(mturk_emulator: Emulator) -> None:
    request = {**WORK, "LifetimeInSeconds": 60, "Question": external(), "RequesterAnnotation": None}
    assert post(mturk_emulator, request, operation="CreateHIT")["status"] == 200
