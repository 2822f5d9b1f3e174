"""A worker's own link."""

import pytest
from django.test import Client
from django.urls import reverse

from studies.models import PersonalLink, Session, Study, Worker
from tests.factories_studies import PersonalLinkFactory, published_study, ready_study
from tests.studies.test_german import assert_german
from tests.studies.visiting import address_of, agree, first_trial, give_back, vote, walk

pytestmark = pytest.mark.django_db


def address(link: PersonalLink) -> str:
    return reverse("personal", args=[link.token])


def test_an_invitation_leads_to_the_entrance(client: Client) -> None:
    link = PersonalLinkFactory.create(study=published_study())
    assert client.get(address(link)).headers["Location"] == link.study.link_path
    agree(client, link.study.link_path)
    assert Worker.objects.get() == link.worker


def test_another_browser_goes_on_with_the_same_session(client: Client) -> None:
    study = published_study(prompts=3)
    vote(client, first_trial(client, study))
    other = Client()
    page = other.get(address(PersonalLink.objects.get()), follow=True)
    second = Session.objects.get().trials.get(number=2)
    assert page.redirect_chain[-1][0] == address_of(second)
    vote(other, second)
    assert client.get(address_of(second)).headers["Location"] == address_of(Session.objects.get().trials.get(number=3))


def test_after_the_end_it_leads_to_the_end(client: Client) -> None:
    list(walk(client, address_of(first_trial(client, published_study()))))
    response = Client().get(address(PersonalLink.objects.get()), follow=True)
    assert Session.objects.get().code in response.content.decode()


def test_after_an_expired_session_it_leads_to_the_entrance(client: Client) -> None:
    study = published_study()
    give_back(first_trial(client, study).session)
    assert Client().get(address(PersonalLink.objects.get())).headers["Location"] == study.link_path


def test_a_rehearsal_goes_on_as_a_rehearsal(client: Client) -> None:
    study = published_study()
    started = agree(client, study.rehearsal_link_path).headers["Location"]
    link = PersonalLink.objects.get()
    other = Client()
    assert link.rehearsal
    assert other.get(address(link)).headers["Location"] == started
    assert "Rehearsal." in other.get(started).content.decode()


def test_the_link_of_a_draft_is_not_found(client: Client) -> None:
    link = PersonalLinkFactory.create(study=ready_study())
    response = client.get(address(link))
    assert response.status_code == 404
    assert not response.cookies


def test_an_unknown_link_is_not_found(client: Client) -> None:
    assert client.get(reverse("personal", args=["nothing"])).status_code == 404


def test_the_link_into_a_paused_study_asks_to_come_back(client: Client) -> None:
    link = PersonalLinkFactory.create(study=published_study())
    Study.objects.update(state=Study.State.PAUSED)
    assert "This study is paused" in client.get(address(link), follow=True).content.decode()


def test_the_browser_is_known_by_an_id_and_never_by_a_name(client: Client) -> None:
    link = PersonalLinkFactory.create(study=published_study(), name="Ada Lovelace")
    response = client.get(address(link), follow=True)
    assert "Ada" not in f"{response.content.decode()} {client.cookies}"


# A browser that is in the middle of another session


def test_a_browser_in_the_middle_of_another_session_is_asked_first(client: Client) -> None:
    trial = first_trial(client, published_study())
    response = client.get(address(PersonalLinkFactory.create(study=published_study())))
    assert response.status_code == 409
    assert "This browser is in the middle of another session" in response.content.decode()
    assert "local_worker" not in response.cookies
    assert client.get(address_of(trial)).status_code == 200


def test_going_on_with_the_link_makes_the_browser_its_workers(client: Client) -> None:
    trial = first_trial(client, published_study())
    link = PersonalLinkFactory.create(study=published_study())
    assert client.post(address(link)).headers["Location"] == link.study.link_path
    agree(client, link.study.link_path)
    assert link.study.sessions.get().worker == link.worker
    assert client.get(address_of(trial)).status_code == 404


def test_another_site_cannot_go_on_for_the_visitor() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(address(PersonalLinkFactory.create(study=published_study())))
    assert response.status_code == 403
    assert "local_worker" not in response.cookies


def test_who_has_finished_the_other_session_is_not_asked(client: Client) -> None:
    list(walk(client, address_of(first_trial(client, published_study()))))
    link = PersonalLinkFactory.create(study=published_study())
    assert client.get(address(link)).headers["Location"] == link.study.link_path


def test_the_worker_of_the_link_is_not_asked_in_the_middle_of_a_session(client: Client) -> None:
    trial = first_trial(client, published_study())
    own = PersonalLink.objects.get()
    other = PersonalLinkFactory.create(study=published_study(), worker=own.worker, channel_id=own.channel_id)
    assert client.get(address(own)).headers["Location"] == address_of(trial)
    assert client.get(address(other)).headers["Location"] == other.study.link_path


def test_a_rehearsal_stands_in_the_way_of_no_invitation(client: Client) -> None:
    link = PersonalLinkFactory.create(study=published_study())
    agree(client, link.study.rehearsal_link_path)
    assert client.get(address(link)).headers["Location"] == link.study.link_path


def test_the_question_is_asked_in_the_language_of_the_links_study(client: Client) -> None:
    agree(client, published_study().link_path)
    assert_german(client.get(address(PersonalLinkFactory.create(study=published_study(language="de")))))
