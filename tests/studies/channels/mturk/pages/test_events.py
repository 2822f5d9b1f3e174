"""Notifications, as hints alone: twice, garbled, or made up, nothing comes of them but a look."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.notifying import address_for
from studies.models import Trial
from tests.studies.channels.mturk.postings import draft, published

pytestmark = pytest.mark.django_db
EARLIER = timezone.now() - timedelta(days=1)


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def looked_at(posting: Posting) -> Posting:
    published(posting)
    Hit.objects.update(looked_at=EARLIER, hinted_at=None)
    return posting


def path(posting: Posting) -> str:
    return "/" + address_for(posting).split("/", 3)[3]


def notice(*hit_ids: Any) -> str:
    events = [{"EventType": "AssignmentSubmitted", "HITId": hit_id, "AssignmentId": "3A"} for hit_id in hit_ids]
    return json.dumps({"Type": "Notification", "Message": json.dumps({"Events": events})})


def send(client: Client, address: str, body: str | bytes) -> int:
    return client.post(address, body, content_type="text/plain").status_code


def test_a_notification_hints_at_its_hits(client: Client, looked_at: Posting) -> None:
    one, two, _ = looked_at.hits.all()
    for _ in range(2):
        assert send(client, path(looked_at), notice(one.hit_id, two.hit_id)) == 204
    assert set(looked_at.hits.hinted()) == {one, two}
    assert Trial.objects.count() == 0


def test_hits_of_other_postings_are_not_hinted_at(client: Client, looked_at: Posting) -> None:
    other = draft(looked_at.study)
    assert send(client, path(other), notice(looked_at.hits.get(number=1).hit_id)) == 204
    assert not looked_at.hits.hinted().exists()


def test_nobody_else_can_make_an_address(client: Client, looked_at: Posting) -> None:
    hit_id = looked_at.hits.get(number=1).hit_id
    assert send(client, path(looked_at).rstrip("/")[:-1] + "x/", notice(hit_id)) == 404
    assert not looked_at.hits.hinted().exists()


def test_a_look_at_the_address_does_nothing(client: Client, looked_at: Posting) -> None:
    assert client.get(path(looked_at)).status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b'"text"',
        b'{"Message": "no JSON"}',
        b'{"Message": "[1]"}',
        b'{"Message": "{\\"Events\\": [1]}"}',
        b'{"Message": "{\\"Events\\": [{\\"HITId\\": \\"a\\\\u0000b\\"}]}"}',
        b'{"Message": {"Events": []}}',
    ],
)
def test_what_is_no_notification_is_taken_and_forgotten(client: Client, looked_at: Posting, body: bytes) -> None:
    assert send(client, path(looked_at), body) == 204
    assert not looked_at.hits.hinted().exists()
