import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django import db
from pytest_django import Settings

from evalsite.doctor.findings import WRONG, Finding, well
from evalsite.doctor.redaction import without_secrets
from evalsite.doctor.running import Check, run
from tests.evalsite.doctor.looking import codes


def hangs() -> Iterator[Finding]:
    yield well("It began well.")
    threading.Event().wait()


def stops() -> Iterator[Finding]:
    yield well("It began well.")
    raise KeyError("amqp://guest:sesame@host:5672")


def without_database() -> Iterator[Finding]:
    raise db.OperationalError("no such table")
    yield


def without_site() -> Iterator[Finding]:
    raise httpx.ConnectError("Connection refused")
    yield


def fine() -> Iterator[Finding]:
    yield well("All is well.")


def test_a_check_that_hangs_or_stops_keeps_no_other_from_looking_and_what_it_had_found_stays() -> None:
    checks = [Check("hangs", hangs, 0.2), Check("stops", stops, 5), Check("rows", without_database, 5)]
    checks += [Check("pages", without_site, 5), Check("fine", fine, 5)]
    start = time.monotonic()
    found = {check.name: findings for check, findings in run(checks)}
    assert time.monotonic() - start < 5
    assert {name: codes(findings) for name, findings in found.items()} == {
        "hangs": ["check-too-slow"],
        "stops": ["check-stopped"],
        "rows": ["check-needs-database"],
        "pages": ["check-needs-site"],
        "fine": [],
    }
    assert found["hangs"][0] == found["stops"][0] == well("It began well.")


def test_what_a_check_stopped_at_is_told_without_the_password_of_an_address() -> None:
    [(_, findings)] = run([Check("stops", stops, 5)])
    assert findings[1].sentence == "The check stopped (KeyError: 'amqp://guest:…@host:5672')."


@pytest.mark.parametrize("name", ["SECRET_KEY", "CHAT_KEY", "PROLIFIC_TOKEN", "PROLIFIC_WEBHOOK_SECRET", "METRICS_TOKEN"])
def test_no_secret_of_the_settings_is_in_a_finding(name: str, settings: Settings) -> None:
    setattr(settings, name, "open-sesame-0123456789")
    assert without_secrets(Finding(WRONG, "It said open-sesame-0123456789.")).sentence == "It said …."


def test_a_password_that_is_written_otherwise_in_its_address_is_in_no_finding(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://:open%40sesame@host:6379/0"
    assert without_secrets(Finding(WRONG, "open@sesame or open%40sesame")).sentence == "… or …"


def test_a_postgresql_that_takes_connections_and_says_nothing_is_not_waited_for_as_long_as_libpq_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {}}
    monkeypatch.setitem(db.connections.settings, "default", silent)
    assert list(run([])) == []
    assert silent["OPTIONS"] == {"connect_timeout": 10}
