import inspect

import pytest
from django.http import HttpRequest, HttpResponse
from pytest_django import Settings

from studies.channels.base import CHANNELS, Channel, TurnedAway, channel_for, channel_named
from studies.models import Link, Session, Worker
from tests.factories_studies import StudyFactory, WorkerFactory


def _request_after(response: HttpResponse) -> HttpRequest:
    request = HttpRequest()
    request.COOKIES = {name: morsel.value for name, morsel in response.cookies.items()}
    return request


def test_a_browser_is_the_same_worker_next_time() -> None:
    channel = channel_for(rehearsal=False)
    channel_id = channel.channel_id(HttpRequest())
    response = HttpResponse()
    channel.remember(response, channel_id)
    assert channel.channel_id(_request_after(response)) == channel_id


def test_two_browsers_are_two_workers() -> None:
    channel = channel_for(rehearsal=False)
    first, second = channel.channel_id(HttpRequest()), channel.channel_id(HttpRequest())
    assert first != second


def test_a_forged_cookie_is_a_stranger() -> None:
    channel = channel_for(rehearsal=False)
    request = HttpRequest()
    request.COOKIES = {"local_worker": "browser-1:forged:signature"}
    assert channel.channel_id(request) not in ("", "browser-1")


def test_a_rehearsal_has_workers_of_its_own() -> None:
    response = HttpResponse()
    channel_for(rehearsal=True).remember(response, "browser-1")
    assert channel_for(rehearsal=True).channel_id(_request_after(response)) == "browser-1"
    assert channel_for(rehearsal=False).channel_id(_request_after(response)) != "browser-1"
    assert channel_for(rehearsal=False).name != channel_for(rehearsal=True).name


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    response = HttpResponse()
    channel_for(rehearsal=False).remember(response, "browser-1")
    cookie = response.cookies["local_worker"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")


@pytest.mark.django_db
def test_a_pseudonym_says_nothing_about_the_channels_id() -> None:
    worker = Worker.objects.known_as("mturk", "A1B2C3")
    assert "A1B2C3" not in f"{worker} {worker.hashed_id} {worker.plain_id}"


def test_an_unknown_channel_is_an_error() -> None:
    with pytest.raises(KeyError):
        channel_named("carrier pigeon")


def test_a_name_may_go_on_behind_a_colon() -> None:
    connect, pool = channel_named("panel:connect"), channel_named("panel:pool")
    assert type(connect) is type(pool)
    assert (connect.name, pool.name) == ("panel:connect", "panel:pool")


@pytest.mark.parametrize("name", CHANNELS)
def test_every_channel_has_all_that_pages_ask_of_one(name: str) -> None:
    channel = channel_named(name)
    assert channel.name == name
    for asked, member in vars(Channel).items():
        if not inspect.isfunction(member) or asked.startswith("_"):
            continue
        assert list(inspect.signature(getattr(channel, asked)).parameters) == list(inspect.signature(member).parameters)[1:]


@pytest.mark.parametrize("name", CHANNELS)
def test_no_channel_with_personal_links_keeps_an_id_that_leads_to_a_person(name: str) -> None:
    """A personal link stores the id that its browser is given."""
    channel = channel_named(name)
    assert name in ("local", "rehearsal") or not channel.gives_personal_links


@pytest.mark.django_db
def test_whoever_has_the_link_ends_with_the_code_of_the_session_and_goes_nowhere() -> None:
    session = Session(study=StudyFactory.create(), worker=WorkerFactory.create(), code="C0DE")
    local = channel_for(rehearsal=False)
    completion = local.completion(session)
    assert (completion.code, completion.address) == ("C0DE", "")
    assert [local.turned_away(session.study, why, "") for why in TurnedAway] == [None, None]


@pytest.mark.django_db
def test_a_worker_s_id_is_kept_as_it_is_where_the_channel_pays_and_nowhere_else() -> None:
    paid, unpaid = Worker.objects.known_as("mturk", "A1", plain_id="A1"), Worker.objects.known_as("panel:connect", "P1")
    assert (paid.plain_id, unpaid.plain_id) == ("A1", "")
    assert Worker.objects.known_as("mturk", "A1") == paid
    assert Worker.objects.called("mturk", "P1").first() is None


@pytest.mark.django_db
def test_the_same_id_on_two_channels_is_two_workers() -> None:
    ids = {Worker.objects.known_as(channel, "A1").hashed_id for channel in ("mturk", "mturk-sandbox", "panel:connect")}
    assert len(ids) == 3


@pytest.mark.django_db
def test_links_of_a_study_leave_with_it() -> None:
    draft = StudyFactory.create()
    Link.objects.create(study=draft, channel="panel:connect")
    draft.delete()
    assert not Link.objects.exists()
