from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from studies.models import Attempt, Session, Study, Worker
from studies.rate_limit import HOUR, LOGINS, SESSIONS
from tests.factories_studies import NOON
from tests.studies.visiting import agree

pytestmark = pytest.mark.django_db
A_SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def few(settings: Settings) -> None:
    settings.LOGINS_PER_HOUR = settings.SESSIONS_PER_HOUR = 3


def from_address(address: str = "198.51.100.7") -> HttpRequest:
    return RequestFactory().post("/", REMOTE_ADDR=address)


def try_to_log_in(client: Client, password: str) -> int:
    return client.post("/admin/login/", {"username": "ann", "password": password}).status_code


def fail_at(*moments: datetime) -> None:
    for moment in moments:
        LOGINS.note(from_address(), moment)


def test_an_address_may_try_as_often_as_the_setting_says() -> None:
    fail_at(NOON, NOON)
    assert LOGINS.refusal(from_address(), NOON) is None
    fail_at(NOON)
    assert LOGINS.refusal(from_address(), NOON) is not None


def test_other_addresses_and_other_things_are_counted_apart() -> None:
    fail_at(NOON, NOON, NOON)
    assert LOGINS.refusal(from_address("198.51.100.8"), NOON) is None
    assert SESSIONS.refusal(from_address(), NOON) is None


def test_a_refusal_says_when_the_oldest_attempt_in_the_way_is_forgotten() -> None:
    fail_at(NOON - 10 * A_SECOND, NOON, NOON + 30 * A_SECOND, NOON + 60 * A_SECOND)
    later = NOON + timedelta(minutes=50)
    refusal = LOGINS.refusal(from_address(), later)
    assert refusal is not None
    assert (refusal.status_code, refusal.headers["Retry-After"]) == (429, "600")
    assert "please try again in 10 minutes" in refusal.content.decode()
    assert LOGINS.refusal(from_address(), later + timedelta(seconds=599)) is not None
    assert LOGINS.refusal(from_address(), later + timedelta(seconds=600)) is None


def test_attempts_are_deleted_after_an_hour_by_whoever_comes_next() -> None:
    fail_at(NOON, NOON + A_SECOND)
    LOGINS.note(from_address("198.51.100.8"), NOON + HOUR)
    assert [attempt.at for attempt in Attempt.objects.order_by("at")] == [NOON + A_SECOND, NOON + HOUR]


def test_the_address_itself_is_not_kept(settings: Settings) -> None:
    fail_at(NOON)
    settings.SECRET_KEY = "another key of the same length or so"
    fail_at(NOON)
    first, second = Attempt.objects.values_list("who", flat=True)
    assert "198.51.100.7" not in first
    assert first != second


def test_after_too_many_failures_even_the_right_password_waits(client: Client) -> None:
    User.objects.create_superuser("ann", password="right")
    assert [try_to_log_in(client, "wrong") for _ in range(3)] == [200] * 3
    assert try_to_log_in(client, "right") == 429
    assert Client().post("/admin/login/?next=/admin/").status_code == 429


def test_logins_that_succeed_are_not_counted(client: Client) -> None:
    User.objects.create_superuser("ann", password="right")
    assert [try_to_log_in(client, "right") for _ in range(5)] == [302] * 5
    assert not Attempt.objects.exists()


def test_looking_at_the_login_page_is_never_limited(client: Client) -> None:
    for _ in range(5):
        assert client.get("/admin/login/").status_code == 200
    fail_at(*[timezone.now()] * 3)
    assert client.get("/admin/login/").status_code == 200


def test_a_researcher_s_account_without_access_counts_as_a_failure(client: Client) -> None:
    User.objects.create_user("ann", password="right")
    assert [try_to_log_in(client, "right") for _ in range(4)] == [200, 200, 200, 429]


def test_sessions_of_one_address_are_limited_and_the_page_says_so_kindly(study: Study, settings: Settings) -> None:
    settings.SESSIONS_PER_HOUR = 2
    answers = [agree(Client(), study.link_path) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Please wait a little" in answers[-1].content.decode()
    assert int(answers[-1].headers["Retry-After"]) <= 3600
    assert answers[-1].headers["Cache-Control"] == "no-store"
    assert Session.objects.count() == Worker.objects.count() == 2


def test_consent_that_is_missing_and_looking_around_count_for_nothing(client: Client, study: Study) -> None:
    for _ in range(4):
        assert client.get(study.link_path).status_code == 200
        assert client.post(study.link_path, {}).status_code == 422
    assert not Attempt.objects.exists()


def test_a_rehearsal_is_never_limited(study: Study) -> None:
    answers = [agree(Client(), study.rehearsal_link_path) for _ in range(5)]
    assert {answer.status_code for answer in answers} <= {302, 410}  # until the places of the rehearsal are gone
    assert not Attempt.objects.exists()
