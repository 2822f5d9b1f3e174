import pytest
from django.http import HttpRequest, HttpResponse
from pytest_django import Settings

from studies.channels.base import channel_for, channel_named
from studies.models import Worker


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
