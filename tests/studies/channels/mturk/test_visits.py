"""Tokens that say who works in the frame: bound to worker, assignment and HIT, and good for a while."""

import time
from urllib.parse import urlencode

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from studies.channels.base import NotIdentified
from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.visits import FIELD, Visit, asked_by, opened, sent_by

ME = {"assignmentId": "3ABC", "hitId": "3HIT", "workerId": "A1B2"}


def hit(seconds: int = 3600) -> Hit:
    """One of the sandbox, not saved."""
    return Hit(token="a-hit", posting=Posting(environment_name="sandbox", assignment_seconds=seconds))


def asked(**changed: str) -> str:
    return "/m/a-hit/?" + urlencode({**ME, "turkSubmitTo": "https://workersandbox.mturk.com", **changed})


def posted(token: str, address: str = "") -> Visit:
    return sent_by(RequestFactory().post(address or asked(), {FIELD: token}), hit())


def test_the_address_says_who_works_on_what() -> None:
    assert asked_by(RequestFactory().get(asked()), hit()) == Visit("A1B2", "3ABC", "a-hit")


@pytest.mark.parametrize("assignment_id", ["", "ASSIGNMENT_ID_NOT_AVAILABLE"])
def test_without_an_assignment_it_is_a_preview(assignment_id: str) -> None:
    assert asked_by(RequestFactory().get(asked(assignmentId=assignment_id)), hit()) is None


@pytest.mark.parametrize(
    "changed",
    [{"workerId": ""}, {"workerId": "A1<b>"}, {"workerId": "A" * 65}, {"assignmentId": "3 4"}, {"workerId": "A1\n"}],
)
def test_ids_that_amazon_would_not_give_are_refused(changed: dict[str, str]) -> None:
    with pytest.raises(NotIdentified, match="not opened as Mechanical Turk opens it"):
        asked_by(RequestFactory().get(asked(**changed)), hit())


@pytest.mark.parametrize(
    "site",
    [
        "",
        "https://www.mturk.com",  # which is production's
        "http://workersandbox.mturk.com",
        "https://workersandbox.mturk.com.evil.example",
        "https://workersandbox.mturk.com@evil.example",
        "https://evil.example/?https://workersandbox.mturk.com",
        "javascript:alert(1)",
    ],
)
def test_answers_go_to_the_postings_own_mechanical_turk_alone(site: str) -> None:
    with pytest.raises(NotIdentified, match="would not hand your answers in to Mechanical Turk"):
        asked_by(RequestFactory().get(asked(turkSubmitTo=site)), hit())


def test_a_form_with_the_pages_token_is_taken() -> None:
    assert posted(Visit("A1B2", "3ABC", "a-hit").token) == Visit("A1B2", "3ABC", "a-hit")


@pytest.mark.parametrize(
    "other", [Visit("A9", "3ABC", "a-hit"), Visit("A1B2", "3XYZ", "a-hit"), Visit("A1B2", "3ABC", "another-hit")]
)
def test_a_token_of_another_worker_assignment_or_hit_is_not(other: Visit) -> None:
    with pytest.raises(NotIdentified, match="belongs to another HIT, or to another worker"):
        posted(other.token)


def test_a_form_sent_to_the_preview_is_refused() -> None:
    with pytest.raises(NotIdentified):
        posted(Visit("A1B2", "3ABC", "a-hit").token, asked(assignmentId="ASSIGNMENT_ID_NOT_AVAILABLE"))


@given(st.text())
def test_no_text_is_a_token_by_chance(text: str) -> None:
    with pytest.raises(NotIdentified):
        opened(text)


@given(st.integers(0, 200), st.characters(codec="ascii", categories=["L", "N"]))
def test_a_token_that_was_changed_is_none(place: int, letter: str) -> None:
    token = Visit("A1B2", "3ABC", "a-hit").token
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        with pytest.raises(NotIdentified):
            opened(changed)


def test_a_token_ends_with_the_time_for_the_assignment(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    token = Visit("A1B2", "3ABC", "a-hit").token
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 3600)
    assert posted(token).worker_id == "A1B2"
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 3600 + 602)
    with pytest.raises(NotIdentified, match="The time for this HIT is over"):
        posted(token)
