"""Taking an answer back, and reporting an image."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from studies.models import Report, Session, Study, Trial, Vote
from tests.factories_studies import shown_conditions
from tests.studies.visiting import ANSWERS, address_of, agree, first_trial, vote, walk

pytestmark = pytest.mark.django_db


def undo(client: Client, trial: Trial) -> HttpResponse:
    response = client.post(reverse("undo", args=[trial.session.token]), {"trial": trial.token})
    assert isinstance(response, HttpResponse)
    return response


def report(client: Client, trial: Trial, text: str = "") -> HttpResponse:
    response = client.post(reverse("report", args=[trial.token]), {"text": text})
    assert isinstance(response, HttpResponse)
    return response


def state_of(trial: Trial) -> str:
    return Trial.objects.get(pk=trial.pk).state


def test_the_last_answer_can_be_taken_back_and_given_anew(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    vote(client, trial)
    assert undo(client, trial).headers["Location"] == address_of(trial)
    client.post(address_of(trial), {"vote-correctness": "2", "vote-quality": "2"})
    assert {vote.condition for vote in trial.votes.all()} == {shown_conditions(trial)[1]}


def test_a_double_click_takes_one_answer_back(client: Client, study: Study) -> None:
    first, second, _ = first_trial(client, study).session.trials.all()
    vote(client, first)
    vote(client, second)
    for _click in range(2):
        assert undo(client, second).headers["Location"] == address_of(second)
    assert (state_of(first), state_of(second)) == (Trial.State.DONE, Trial.State.OPEN)


def test_the_button_names_the_last_answer_and_is_there_only_after_one(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    assert "Change my last answer" not in client.get(address_of(trial)).content.decode()
    page = client.get(vote(client, trial).headers["Location"]).content.decode()
    assert "Change my last answer" in page
    assert f'name="trial" value="{trial.token}"' in page


def test_nothing_can_be_taken_back_once_the_session_has_ended(client: Client, study: Study) -> None:
    list(walk(client, address_of(first_trial(client, study))))
    last = Trial.objects.get(number=3)
    assert undo(client, last).headers["Location"] == reverse("end", args=[last.session.token])
    assert state_of(last) == Trial.State.DONE


def test_only_the_sessions_own_trials_can_be_taken_back(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    vote(client, trial)
    stranger = Client()
    theirs = first_trial(stranger, study)
    assert undo(stranger, trial).status_code == 404
    assert stranger.post(reverse("undo", args=[theirs.session.token]), {"trial": trial.token}).status_code == 404
    assert stranger.post(reverse("undo", args=[theirs.session.token])).status_code == 404
    assert state_of(trial) == Trial.State.DONE


def test_a_broken_image_is_reported_and_the_worker_goes_on(client: Client, study: Study) -> None:
    first, second, _ = first_trial(client, study).session.trials.all()
    assert report(client, first, "Half of it is black.").headers["Location"] == address_of(second)
    assert Report.objects.get().text == "Half of it is black."
    assert state_of(first) == Trial.State.GIVEN_BACK
    assert not Vote.objects.exists()


def test_reporting_twice_reports_once(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    assert report(client, trial).headers["Location"] == report(client, trial).headers["Location"]
    assert Report.objects.count() == 1


def test_reporting_the_last_trial_ends_the_session(client: Client, study: Study) -> None:
    *_, last = first_trial(client, study).session.trials.all()
    for trial in Trial.objects.exclude(pk=last.pk):
        vote(client, trial)
    assert report(client, last).headers["Location"] == reverse("end", args=[last.session.token])
    assert Session.objects.get().state == Session.State.DONE


def test_a_report_that_is_too_long_is_refused_next_to_its_field(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    response = report(client, trial, "x" * 301)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Please use at most 300 characters." in page
    assert 'aria-describedby="report-error"' in page
    assert state_of(trial) == Trial.State.OPEN


def test_an_answered_trial_cannot_be_reported(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    following = vote(client, trial).headers["Location"]
    assert report(client, trial).headers["Location"] == following
    assert state_of(trial) == Trial.State.DONE


def test_nobody_reports_for_another_worker(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    stranger = Client()
    agree(stranger, study.link_path)
    assert report(stranger, trial).status_code == 404
    assert state_of(trial) == Trial.State.OPEN


@pytest.mark.parametrize("name", ["undo", "report"])
def test_looking_changes_nothing(client: Client, study: Study, name: str) -> None:
    trial = first_trial(client, study)
    token = trial.session.token if name == "undo" else trial.token
    assert client.get(reverse(name, args=[token]), ANSWERS).status_code == 405
