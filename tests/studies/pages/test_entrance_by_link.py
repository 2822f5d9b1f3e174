"""The way in by a channel's link, here a panel's: sittings that the channel tells apart, and what becomes of them."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from studies.channels.panel.models import PanelLink
from studies.confirmation import never_arrived
from studies.models import Session, Study, Trial
from studies.publishing import publish
from tests.factories_studies import NOON, QuizQuestionFactory, published_study, ready_study
from tests.studies.channels.panel.panels import address, panel_link, take_part
from tests.studies.visiting import BOXES, address_of, agree, give_back, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def link() -> PanelLink:
    return panel_link(published_study(prompts=4, votes_wanted=3, trials_per_session=2, asks_demographics=True))


def _of(link: PanelLink, participant: str = "P1", visit: str = "S1") -> str:
    return address(link, pid=participant, sub=visit)


def test_who_comes_back_goes_on_where_it_was(client: Client, link: PanelLink) -> None:
    first = agree(client, _of(link)).headers["Location"]
    second = vote(client, Trial.objects.get(token=first.split("/")[2])).headers["Location"]
    assert client.get(_of(link)).headers["Location"] == second
    assert Client().get(_of(link)).headers["Location"] == second  # on another device
    assert Session.objects.count() == 1


def test_who_comes_back_after_the_end_comes_to_the_end(client: Client, link: PanelLink) -> None:
    take_part(client, _of(link))
    assert client.get(_of(link)).headers["Location"] == f"/e/{Session.objects.get().token}/"
    assert client.post(_of(link), BOXES).headers["Location"] == f"/e/{Session.objects.get().token}/"
    assert Trial.objects.count() == 2


def test_who_comes_back_before_the_quiz_comes_to_the_quiz(client: Client) -> None:
    link = panel_link(ready_study())
    QuizQuestionFactory.create(study=link.link.study)
    publish(link.link.study, NOON)
    quiz = agree(client, _of(link)).headers["Location"]
    assert quiz.startswith("/q/")
    assert client.get(_of(link)).headers["Location"] == quiz


def test_each_visit_has_a_session_of_its_own_and_asks_nothing_twice(client: Client, link: PanelLink) -> None:
    take_part(client, _of(link, visit="S1"))
    take_part(client, _of(link, visit="S2"))
    assert list(Session.objects.order_by("pk").values_list("visit", flat=True)) == ["S1", "S2"]
    assert Trial.objects.counted().values("comparison").distinct().count() == 4
    assert agree(client, _of(link, visit="S3")).status_code == 410


def test_two_visits_can_be_open_at_once(client: Client, link: PanelLink) -> None:
    first, second = (agree(client, _of(link, visit=visit)).headers["Location"] for visit in ("S1", "S2"))
    assert first != second
    assert client.get(_of(link, visit="S1")).headers["Location"] == first
    assert client.get(_of(link, visit="S2")).headers["Location"] == second


def test_nobody_gets_into_another_s_visit(client: Client, link: PanelLink) -> None:
    trial = agree(client, _of(link, "P1", "S1")).headers["Location"]
    stranger = Client()
    assert stranger.get(_of(link, "P2", "S1")).status_code == 200  # the welcome, and no way to P1's session
    assert agree(stranger, _of(link, "P2", "S1")).headers["Location"] != trial
    assert stranger.get(trial).status_code == 404


def test_whose_time_ran_out_begins_anew_in_the_same_visit(client: Client, link: PanelLink) -> None:
    agree(client, _of(link))
    give_back(Session.objects.get())
    assert client.get(_of(link)).status_code == 200
    agree(client, _of(link))
    assert sorted(Session.objects.values_list("visit", "state")) == [("S1", "abandoned"), ("S1", "open")]


def test_who_withdrew_is_told_so_and_does_not_get_in_again(client: Client, link: PanelLink) -> None:
    agree(client, _of(link))
    session = Session.objects.get()
    session.withdraw(session.started_at + timedelta(minutes=1))
    assert "You have withdrawn" in client.get(_of(link), follow=True).content.decode()
    assert agree(client, _of(link, visit="S2")).status_code == 410


def test_who_comes_back_to_a_study_that_is_closed_by_now_still_gets_to_the_end(client: Client, link: PanelLink) -> None:
    take_part(client, _of(link))
    link.link.study.close()
    assert client.get(_of(link)).headers["Location"] == f"/e/{Session.objects.get().token}/"
    assert client.get(_of(link, visit="S2")).status_code == 410


def test_the_rehearsal_link_stays_the_rehearsal_s(client: Client, link: PanelLink) -> None:
    agree(client, link.link.study.rehearsal_link_path + "?pid=P1&sub=S1")
    session = Session.objects.get()
    assert (session.rehearsal, session.worker.channel, session.visit) == (True, "rehearsal", "")


def test_a_study_by_invitation_still_takes_whom_a_channel_sends(client: Client, link: PanelLink) -> None:
    Study.objects.update(invited_only=True)
    assert client.get(link.link.study.link_path).status_code == 403
    assert agree(client, _of(link)).status_code == 302


def test_what_a_worker_tells_is_kept_with_the_session(client: Client, link: PanelLink) -> None:
    agree(client, _of(link), gender="woman")
    assert Session.objects.get().demographics == {"gender": "woman"}


def test_whoever_comes_by_a_channel_counts_for_its_network_too(client: Client, link: PanelLink, settings: Settings) -> None:
    settings.SESSIONS_PER_HOUR = 1
    agree(client, _of(link))
    assert agree(Client(), _of(link, "P2")).status_code == 429
    assert client.get(_of(link)).status_code == 302  # going on is no new session


def test_a_draft_s_link_leads_nowhere(client: Client, link: PanelLink) -> None:
    Study.objects.update(state=Study.State.DRAFT)
    assert client.get(_of(link)).status_code == 404


def test_the_page_of_an_answered_trial_leads_on_before_it_is_confirmed(client: Client, link: PanelLink) -> None:
    agree(client, _of(link))
    Session.objects.update(needs_confirmation=True)
    first, second = Trial.objects.order_by("number")
    assert vote(client, first).headers["Location"] == address_of(second)
    first.refresh_from_db()
    assert first.state == Trial.State.UNCONFIRMED
    assert client.get(address_of(first)).headers["Location"] == address_of(second)
    assert client.get(_of(link)).headers["Location"] == address_of(second)


def test_the_page_of_a_trial_whose_answer_never_arrived_is_gone(client: Client, link: PanelLink) -> None:
    agree(client, _of(link))
    Session.objects.update(needs_confirmation=True)
    trial = Trial.objects.order_by("number")[0]
    vote(client, trial)
    never_arrived(Session.objects.get())
    response = client.get(address_of(trial))
    assert response.status_code == 410
    assert response.context["link"] == link.link.address
