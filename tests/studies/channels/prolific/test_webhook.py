import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from studies.channels.prolific.client import Prolific
from studies.channels.prolific.models import SeenEvent
from studies.channels.prolific.tasks import poll_one
from tests.studies.channels.prolific.rows import finished, published
from tests.studies.channels.prolific.stand_in import StandIn

pytestmark = pytest.mark.django_db

ADDRESS, SECRET = "/prolific/notified/", "secret-of-the-workspace"


@pytest.fixture(autouse=True)
def secret(settings: Settings) -> None:
    settings.PROLIFIC_WEBHOOK_SECRET = SECRET


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which studies a worker process was asked to look at; here it looks at once."""
    looked_at: list[int] = []

    def look(pk: int) -> None:
        looked_at.append(pk)
        poll_one(pk)

    monkeypatch.setattr(poll_one, "delay", look)
    return looked_at


def _notify(told: Any, *, age: float = 0.0, event: str = "event-1", secret: str = SECRET) -> int:
    """As “Verifying” in Prolific's documentation computes it."""
    body, timestamp = json.dumps(told), str(int(time.time() - age))
    digest = hmac.new(secret.encode(), str.encode(timestamp + body), hashlib.sha256).digest()
    headers = {
        "X-Prolific-Request-Signature": base64.b64encode(digest).decode(),
        "X-Prolific-Request-Timestamp": timestamp,
        "X-Event-Id": event,
    }
    return Client().post(ADDRESS, body, content_type="application/json", headers=headers).status_code


def test_a_notification_makes_us_look_and_is_not_believed(prolific: Prolific, stand_in: StandIn, asked: list[int]) -> None:
    row = published(prolific)
    finished(row, stand_in, "ada")
    told = {"event_type": "study.status.change", "resource_id": row.prolific_id, "status": "COMPLETED"}
    assert _notify(told) == 200
    row.refresh_from_db()
    assert (asked, row.status) == ([row.pk], "ACTIVE")
    assert row.submissions.get().status == "AWAITING REVIEW"


def test_a_submission_leads_to_its_study(prolific: Prolific, stand_in: StandIn, asked: list[int]) -> None:
    row = published(prolific)
    came = finished(row, stand_in, "ada")
    poll_one(row.pk)
    stand_in.state.give_back(came)
    assert _notify({"event_type": "submission.status.change", "resource_id": came, "status": "APPROVED"}) == 200
    assert row.submissions.get().status == "RETURNED"
    assert asked == [row.pk]


def test_an_event_that_comes_again_is_looked_at_once(prolific: Prolific, asked: list[int]) -> None:
    row = published(prolific)
    assert [_notify({"resource_id": row.prolific_id}, event=event) for event in ("a", "a", "b")] == [200, 200, 200]
    assert asked == [row.pk, row.pk]
    assert SeenEvent.objects.count() == 2


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"age": 301}, {"age": -301}])
def test_what_prolific_did_not_sign_lately_is_refused(wrong: dict[str, Any], asked: list[int]) -> None:
    assert _notify({"resource_id": "1"}, **wrong) == 403
    assert (asked, SeenEvent.objects.count()) == ([], 0)


def test_without_a_secret_everything_is_refused(settings: Settings) -> None:
    settings.PROLIFIC_WEBHOOK_SECRET = ""
    assert _notify({"resource_id": "1"}, secret="") == 403
    assert Client().post(ADDRESS, "{}", content_type="application/json").status_code == 403


@pytest.mark.parametrize("told", [{"resource_id": "unknown"}, {}, [], "text", {"resource_id": ""}])
def test_what_names_nothing_of_ours_is_taken_and_forgotten(told: Any, asked: list[int]) -> None:
    assert _notify(told) == 200
    assert asked == []


def test_looking_at_the_address_does_nothing() -> None:
    assert Client().get(ADDRESS).status_code == 405
