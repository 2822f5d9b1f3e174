from xml.etree import ElementTree

import pytest

from studies.channels.mturk.questions.errors import QuestionRefused, QuestionTooLong
from studies.channels.mturk.questions.external import external_question

SCHEMA = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/ExternalQuestion.xsd}"


def test_the_question_of_an_address_with_an_ampersand() -> None:
    question = external_question("https://votes.example.org/m/abc/?a=1&b=<2>", 800)
    root = ElementTree.fromstring(question.encode())  # noqa: S314 (our own)
    assert root.tag == f"{SCHEMA}ExternalQuestion"
    assert root.findtext(f"{SCHEMA}ExternalURL") == "https://votes.example.org/m/abc/?a=1&b=<2>"
    assert root.findtext(f"{SCHEMA}FrameHeight") == "800"


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000/m/", "http://localhost:8000/m/", "http://[::1]:8000/m/"])
def test_this_machine_may_be_asked_without_encryption(address: str) -> None:
    assert address in external_question(address, 800)


@pytest.mark.parametrize(
    "address", ["http://votes.example.org/", "ftp://votes.example.org/", "votes.example.org", "https:///m/", ""]
)
def test_other_addresses_must_be_https(address: str) -> None:
    with pytest.raises(QuestionRefused, match="not an https link"):
        external_question(address, 800)


def test_a_host_that_only_begins_like_this_machine_must_be_https() -> None:
    with pytest.raises(QuestionRefused, match="not an https link"):
        external_question("http://127.0.0.1.example.org/", 800)


def test_a_refusal_tells_no_token_of_the_address() -> None:
    with pytest.raises(QuestionRefused) as caught:
        external_question("http://votes.example.org/m/?token=secret", 800)
    assert "secret" not in str(caught.value)


def test_the_longest_question_and_one_byte_more() -> None:
    address = "https://votes.example.org/ä"
    spare = 65_535 - len(external_question(address, 800).encode())
    assert len(external_question(address + "x" * spare, 800).encode()) == 65_535
    with pytest.raises(QuestionTooLong, match=r"1 bytes longer than the 65,535.*shorten the address"):
        external_question(address + "x" * (spare + 1), 800)
