"""What is sent where Amazon's notifications come in: garbage of any size changes nothing and breaks nothing."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.notifying import address_for

pytestmark = pytest.mark.django_db


SNS = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription"


def message(*hit_ids: Any) -> str:
    return json.dumps({"Type": "Notification", "Message": json.dumps({"Events": [{"HITId": one} for one in hit_ids]})})


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "\x00",
        "{" * 5000,
        '{"a":' * 100_000,
        "[" * 200_000,
        "9" * 200_000,
        json.dumps({"Message": "[" * 100_000}),
        json.dumps({"Message": ["no", "text"]}),
        json.dumps({"Message": '{"Events": 7}'}),
        json.dumps({"Message": '{"Events": [7, null, {"HITId": {}}]}'}),
        message("\x00", "\ud800", "x" * 100_000, 7, None, {}),
        message(*(f"{number:030}" for number in range(3000))),
        json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": SNS + "\ud800"}),
        json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": SNS + "x" * 5000}),
        json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": "https://evil.s3.amazonaws.com/"}),
        json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": "https://sns.us-east-1.amazonaws.com@evil.example/"}),
        json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": SNS.replace("https", "javascript")}),
    ],
    ids=lambda body: body[:30],
)
def test_a_notification_of_garbage_changes_nothing(client: Client, hit: Hit, body: str) -> None:
    before = (list(Hit.objects.values()), list(Posting.objects.values()))
    path = urlsplit(address_for(hit.posting)).path
    assert client.post(path, body, content_type="text/plain").status_code == 204
    assert (list(Hit.objects.values()), list(Posting.objects.values())) == before


def test_a_notification_too_large_to_read_is_refused(client: Client, hit: Hit) -> None:
    path = urlsplit(address_for(hit.posting)).path
    assert client.post(path, "x" * 3_000_000, content_type="text/plain").status_code == 400


def test_only_addresses_made_here_take_notifications(client: Client, hit: Hit) -> None:
    path = urlsplit(address_for(hit.posting)).path
    for forged in (path[:-2] + "/", path.replace(hit.posting.token, "x"), f"/m/events/{hit.posting.token}/"):
        assert client.post(forged, message(hit.hit_id), content_type="text/plain").status_code == 404
    assert not Hit.objects.exclude(hinted_at=None).exists()
    client.post(path, message(hit.hit_id), content_type="text/plain")
    assert Hit.objects.exclude(hinted_at=None).get() == hit
    assert client.get(path).status_code == 405
