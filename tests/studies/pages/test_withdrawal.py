"""Withdrawing, at any time."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from studies.models import Place, Session, Study, Vote
from tests.factories_studies import published_study
from tests.studies.visiting import address_of, agree, first_trial, vote, walk

pytestmark = pytest.mark.django_db


def address(session: Session) -> str:
    return reverse("withdraw", args=[session.token])


def withdraw(client: Client, session: Session) -> HttpResponse:
    response = client.post(address(session), follow=True)
    assert isinstance(response, HttpResponse)
    return response


def test_looking_at_the_page_withdraws_nobody(client: Client) -> None:
    trial = first_trial(client, published_study())
    vote(client, trial)
    assert client.get(address(trial.session)).status_code == 200
    assert Session.objects.get().state == Session.State.OPEN
    assert Vote.objects.count() == 2


@pytest.mark.parametrize(
    ("withdrawal", "told_before", "told_after", "votes"),
    [
        (Study.Withdrawal.DELETE, "All your answers will be deleted", "All your answers are deleted", 0),
        (Study.Withdrawal.KEEP, "The answers that you gave so far will be kept", "you gave before are kept", 2),
    ],
)
def test_what_happens_to_the_votes_is_what_the_page_said(
    client: Client, withdrawal: str, told_before: str, told_after: str, votes: int
) -> None:
    trial = first_trial(client, published_study(withdrawal=withdrawal))
    vote(client, trial)
    assert told_before in client.get(address(trial.session)).content.decode()
    assert told_after in withdraw(client, trial.session).content.decode()
    assert Session.objects.get().state == Session.State.WITHDRAWN
    assert Vote.objects.count() == votes


def test_what_a_worker_told_goes_with_the_votes(client: Client) -> None:
    trial = first_trial(client, published_study())
    Session.objects.update(demographics={"gender": "man"}, comment="Too dark.")
    withdraw(client, trial.session)
    session = Session.objects.get()
    assert (session.demographics, session.comment) == ({}, "")


def test_a_session_that_is_done_can_be_withdrawn_from_its_end(client: Client) -> None:
    study = published_study(prompts=2)
    *_, end = walk(client, address_of(first_trial(client, study)))
    session = Session.objects.get()
    assert address(session) in end.content.decode()
    withdraw(client, session)
    assert not Vote.objects.exists()
    assert Place.objects.of(study, rehearsal=False).free().count() == study.places.filter(rehearsal=False).count()


def test_who_withdrew_sees_no_code_and_no_trial_again(client: Client) -> None:
    study = published_study()
    trial = first_trial(client, study)
    withdraw(client, trial.session)
    for page in (address_of(trial), address(trial.session), reverse("end", args=[trial.session.token])):
        html = client.get(page, follow=True).content.decode()
        assert "You have withdrawn" in html
        assert trial.session.code not in html
    refused = agree(client, study.link_path)
    assert refused.status_code == 410
    assert "You have withdrawn from this study." in refused.content.decode()


def test_withdrawing_twice_changes_nothing(client: Client) -> None:
    session = first_trial(client, published_study()).session
    withdraw(client, session)
    finished = Session.objects.get().finished_at
    withdraw(client, session)
    assert Session.objects.get().finished_at == finished


def test_a_study_that_takes_no_votes_can_still_be_left(client: Client) -> None:
    study = published_study()
    session = first_trial(client, study).session
    study.close()
    assert "You have withdrawn" in withdraw(client, session).content.decode()


def test_nobody_else_can_withdraw_a_worker(client: Client) -> None:
    session = first_trial(client, published_study()).session
    assert Client().post(address(session)).status_code == 404
    assert Session.objects.get().state == Session.State.OPEN


def test_withdrawing_needs_the_token_of_its_page(client: Client) -> None:
    session = first_trial(client, published_study()).session
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(address(session)).status_code == 403
    assert Session.objects.get().state == Session.State.OPEN


def test_the_page_shows_the_way_back_from_another_device(client: Client) -> None:
    session = first_trial(client, published_study()).session
    assert session.worker.personal_links.get().address in client.get(address(session)).content.decode()
