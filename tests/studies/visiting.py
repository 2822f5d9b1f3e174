"""What a visitor does with the voting pages, without a browser."""

from collections.abc import Iterator
from datetime import timedelta

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studies import image_addresses
from studies.models import Session, Study, Trial

BOXES = {"agree": "on", "of_age": "on", "adult_content": "on"}
ANSWERS = {"vote-correctness": "1", "vote-quality": "0"}


def agree(client: Client, link: str, **told: str) -> HttpResponse:
    """Tick every box that there may be, and start."""
    response = client.post(link, {**BOXES, **told})
    assert isinstance(response, HttpResponse)
    return response


def first_trial(client: Client, study: Study) -> Trial:
    address = agree(client, study.link_path).headers["Location"]
    client.get(address)
    return Trial.objects.get(token=address.split("/")[2])


def address_of(trial: Trial) -> str:
    return reverse("trial", args=[trial.token])


def image_address(trial: Trial, position: int = 1) -> str:
    return image_addresses.address_of(trial, position, timezone.now())


def look(client: Client, trial: Trial) -> None:
    """Fetch every image of a trial, as its page does."""
    for position in range(1, len(trial.shown) + 1):
        assert client.get(image_address(trial, position)).status_code == 200


def vote(client: Client, trial: Trial) -> HttpResponse:
    """Look at a trial's images, and answer."""
    look(client, trial)
    response = client.post(address_of(trial), ANSWERS)
    assert isinstance(response, HttpResponse)
    return response


def walk(client: Client, address: str) -> Iterator[HttpResponse]:
    """The pages from a trial to the end, answering each."""
    while True:
        response = client.get(address)
        assert isinstance(response, HttpResponse)
        yield response
        if not address.startswith("/t/"):
            return
        address = vote(client, Trial.objects.get(token=address.split("/")[2])).headers["Location"]


def every_page(client: Client, study: Study) -> list[HttpResponse]:
    return [*walk(client, study.link_path), *walk(client, address_of(first_trial(client, study)))]


def give_back(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(last_seen_at=timezone.now() - timedelta(days=1))
    Session.objects.abandon_stale(session.study, timezone.now())
