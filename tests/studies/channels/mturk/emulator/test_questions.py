"""What a HIT may show. Limits of the API reference: 65,535 bytes; https; the two schemas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.channels.mturk.emulator.errors import Refused
from studies.channels.mturk.emulator.questions import MOST_BYTES, question_of
from tests.studies.channels.mturk.emulator.requester import Client, external, html, publish, refused

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


def test_an_external_question_is_an_address_and_a_height() -> None:
    question = question_of(external("https://example.com/?a=1&b=2", height=700))
    assert (question.address, question.height) == ("https://example.com/?a=1&b=2", 700)


def test_an_html_question_is_a_page() -> None:
    page = "<!DOCTYPE html><p>a &amp; b</p>"
    assert question_of(html(page, height=0)).html == page


@pytest.mark.parametrize("address", ["http://localhost:8000/", "http://127.0.0.1/", "http://[::1]:80/"])
def test_an_address_on_this_machine_needs_no_https(address: str) -> None:
    assert question_of(external(address)).address == address


@pytest.mark.parametrize("address", ["http://example.com/", "http://10.0.0.1/", "ftp://localhost/", "/vote"])
def test_any_other_address_does(address: str) -> None:
    with pytest.raises(Refused, match="https"):
        question_of(external(address))


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "Which?",
        "<ExternalQuestion><ExternalURL>https://example.com/</ExternalURL></ExternalQuestion>",
        external().replace("2006-07-14", "2006-07-15"),
        external().replace("https://example.com/vote?study=1", "https://example.com/?a&b"),
        external().replace("600", "tall"),
        external().replace("600", "-1"),
        external().replace("<FrameHeight>600</FrameHeight>", ""),
        external().replace("<FrameHeight>", "<b/><FrameHeight>"),
        html("<p>").replace("HTMLContent", "ExternalURL"),
        LAUGHS + external().replace("600", "&b;"),
    ],
)
def test_xml_that_does_not_fit_the_schemas_is_refused(xml: str) -> None:
    with pytest.raises(Refused, match="error parsing the XML"):
        question_of(xml)


@pytest.mark.parametrize("letter", ["a", "é"])
def test_the_limit_is_in_bytes(letter: str) -> None:
    size = len(letter.encode())
    room = (MOST_BYTES - len(html("").encode())) // size
    question_of(html(letter * room))
    with pytest.raises(Refused, match="at most 65,535"):
        question_of(html(letter * (room + 1)))


def test_the_api_refuses_it_as_amazon_does(client: Client) -> None:
    with refused("ParameterValidationError"):
        publish(client, Question="<p>Which?</p>")
    with refused("InvalidParameterValue"):
        client.create_hit(Title="t", Description="d", Reward="1", AssignmentDurationInSeconds=60, LifetimeInSeconds=60)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(Refused):
        question_of(text)
