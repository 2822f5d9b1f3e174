import pytest
from django.http import HttpRequest, HttpResponse
from pytest_django import Settings

from studies.channels.base import channel_for, channel_named
from studies.models import Worker
from tests.factories_studies import WorkerFactory

pytestmark = pytest.mark.django_db


def _request_after(response: HttpResponse) -> HttpRequest:
    request = HttpRequest()
    request.COOKIES = {name: morsel.value for name, morsel in response.cookies.items()}
    return request


def test_a_browser_is_the_same_worker_next_time() -> None:
    channel = channel_for(rehearsal=False)
    worker = channel.worker(HttpRequest())
    response = HttpResponse()
    channel.remember(response, worker)
    assert channel.worker(_request_after(response)) == worker
    assert channel.recognises(_request_after(response), worker)


def test_two_browsers_are_two_workers() -> None:
    channel = channel_for(rehearsal=False)
    first, second = channel.worker(HttpRequest()), channel.worker(HttpRequest())
    assert first != second
    assert first.pseudonym != second.pseudonym


def test_a_forged_cookie_is_a_stranger() -> None:
    channel = channel_for(rehearsal=False)
    worker = WorkerFactory.create(channel="local")
    request = HttpRequest()
    request.COOKIES = {"local_worker": f"{worker.channel_id}:forged:signature"}
    assert not channel.recognises(request, worker)
    assert channel.worker(request) != worker


def test_a_rehearsal_has_workers_of_its_own() -> None:
    response = HttpResponse()
    channel_for(rehearsal=True).remember(response, channel_for(rehearsal=True).worker(HttpRequest()))
    assert channel_for(rehearsal=False).worker(_request_after(response)).channel == "local"
    assert set(Worker.objects.values_list("channel", flat=True)) == {"local", "rehearsal"}


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    response = HttpResponse()
    channel_for(rehearsal=False).remember(response, WorkerFactory.create())
    cookie = response.cookies["local_worker"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")


def test_a_pseudonym_says_nothing_about_the_channels_id() -> None:
    worker = WorkerFactory.create(channel_id="A1B2C3")
    assert "A1B2C3" not in str(worker)


def test_an_unknown_channel_is_an_error() -> None:
    with pytest.raises(KeyError):
        channel_named("carrier pigeon")
