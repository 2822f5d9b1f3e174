"""Addresses at a panel: which are refused, and how they are filled."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.channels.panel.addresses import FaultyAddress, check, filled

KNOWN = {"id", "visit", "rid"}


@pytest.mark.parametrize(
    "address",
    [
        "https://panel.example/done?id={id}&visit={visit}&rid={rid}",
        "https://panel.example:8443/p/{id}#done",
        "https://panel.example/done?cc=C0DE",
        "http://localhost:9000/done?id={id}",
        "http://127.0.0.1/done",
        "http://[::1]:9000/done",
    ],
)
def test_addresses_that_browsers_follow_are_taken(address: str) -> None:
    check(address, KNOWN)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://panel.example/done", "from https:// on"),
        ("http://localhost.example/done", "from https:// on"),
        ("panel.example/done", "from https:// on"),
        ("//panel.example/done", "from https:// on"),
        ("javascript:alert(1)", "from https:// on"),
        ("https:///done", "panel's own host"),
        ("https://user:secret@panel.example/", "without a user name"),
        ("https://{id}.panel.example/", "never in it"),
        ("https://panel.example:{id}/", "should look like"),
        ("https://[panel/", "should look like"),
        ("https://panel.example/?code={code}", "{code}"),
        ("https://panel.example/?id={}", "{}"),
        ("https://panel.example/?id={id", "A brace stands alone"),
        ("https://panel.example/?id={{id}}", "A brace stands alone"),
        ("https://panel.example/a b", "no blanks"),
        ("https://panel.example/\n", "no blanks"),
    ],
)
def test_others_are_refused_in_a_sentence(address: str, sentence: str) -> None:
    with pytest.raises(FaultyAddress, match=f".*{sentence.replace('{', '[{]')}"):
        check(address, KNOWN)


@given(st.text(st.characters(exclude_categories=["C"])), st.text(st.characters(exclude_categories=["C"])))
def test_values_come_out_as_they_went_in_and_nothing_else_changes(participant: str, visit: str) -> None:
    parts = urlsplit(filled("https://panel.example/done?id={id}&visit={visit}&end=1", {"id": participant, "visit": visit}))
    assert (parts.netloc, parts.path, parts.fragment) == ("panel.example", "/done", "")
    assert parse_qs(parts.query, keep_blank_values=True) == {"id": [participant], "visit": [visit], "end": ["1"]}


def test_a_value_that_looks_like_a_placeholder_is_not_filled_again() -> None:
    assert filled("https://panel.example/?id={id}", {"id": "{visit}", "visit": "S1"}).endswith("?id=%7Bvisit%7D")


def test_a_value_that_is_missing_is_empty() -> None:
    assert filled("https://panel.example/?id={id}&rid={rid}", {"id": "P1"}).endswith("?id=P1&rid=")
