"""The end of a session, and what the worker says there."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from studies.models import Session, Study
from tests.factories_studies import published_study
from tests.studies.visiting import address_of, agree, first_trial, give_back, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return published_study(prompts=2)


def finished(client: Client, study: Study) -> Session:
    list(walk(client, address_of(first_trial(client, study))))
    return Session.objects.get()


def say(client: Client, session: Session, text: str) -> HttpResponse:
    response = client.post(reverse("comment", args=[session.token]), {"comment": text})
    assert isinstance(response, HttpResponse)
    return response


def end_page(client: Client, session: Session) -> str:
    return client.get(reverse("end", args=[session.token])).content.decode()


def test_the_code_comes_with_room_for_a_comment(client: Client, study: Study) -> None:
    session = finished(client, study)
    page = end_page(client, session)
    assert session.code in page
    assert reverse("comment", args=[session.token]) in page
    assert "your comment is saved" not in page


def test_a_comment_is_saved_and_can_be_changed(client: Client, study: Study) -> None:
    session = finished(client, study)
    assert say(client, session, "Too <dark>.").headers["Location"] == reverse("end", args=[session.token])
    assert "Too &lt;dark&gt;." in end_page(client, session)
    assert "your comment is saved" in end_page(client, session)
    say(client, session, "")
    session.refresh_from_db()
    assert session.comment == ""


def test_a_comment_that_is_too_long_is_refused_next_to_its_field_and_kept_on_the_page(client: Client, study: Study) -> None:
    session = finished(client, study)
    response = say(client, session, "x" * 2001)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_comment_error"' in page
    assert "x" * 2001 in page
    session.refresh_from_db()
    assert session.comment == ""


def test_there_is_nothing_to_comment_on_before_the_end(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    assert say(client, trial.session, "Hello").headers["Location"] == address_of(trial)
    assert Session.objects.get().comment == ""


def test_after_an_expired_session_no_comment_is_taken(client: Client, study: Study) -> None:
    session = first_trial(client, study).session
    give_back(session)
    assert say(client, session, "Hello").status_code == 410


def test_nobody_else_can_comment(client: Client, study: Study) -> None:
    session = finished(client, study)
    stranger = Client()
    agree(stranger, study.link_path)
    assert say(stranger, session, "Hello").status_code == 404
    session.refresh_from_db()
    assert session.comment == ""


def test_a_comment_is_sent_and_never_asked_for_by_address(client: Client, study: Study) -> None:
    session = finished(client, study)
    assert client.get(reverse("comment", args=[session.token])).status_code == 405
