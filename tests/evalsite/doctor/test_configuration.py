from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from evalsite.doctor.checks.configuration import Facts, check, facts_here, judged
from tests.evalsite.doctor.looking import codes

GOOD = Facts(
    url="https://votes.example.org",
    debug=False,
    trusted_proxies=1,
    key_drawn=False,
    key_readable=False,
    shared=("the database", "the broker", "the storage"),
    local=(),
)


def test_a_site_of_several_machines_with_all_that_it_needs_is_well() -> None:
    assert codes(judged(GOOD)) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key_drawn": True}, "secret-key-drawn"),
        ({"key_readable": True}, "secret-key-readable"),
        ({"debug": True}, "debug-in-public"),
        ({"url": "http://votes.example.org"}, "plain-http"),
        ({"trusted_proxies": 0}, "no-proxy-trusted"),
        ({"shared": ("the database",), "local": ("the broker", "the storage")}, "files-only-here"),
    ],
)
def test_a_setting_that_does_not_fit_is_found(change: dict[str, Any], code: str) -> None:
    assert codes(judged(replace(GOOD, **change))) == [code]


def test_on_one_machine_a_drawn_key_and_files_are_as_they_should_be(settings: Settings) -> None:
    settings.SECRET_KEY = (Path(settings.DATA_DIR) / "secret_key").read_text()
    assert facts_here().key_drawn
    assert codes(judged(facts_here())) == []


def test_a_key_that_was_drawn_is_told_from_the_file_where_the_broker_is_on_another_machine(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://:open-sesame@10.0.0.7:6379/0"
    settings.SECRET_KEY = (Path(settings.DATA_DIR) / "secret_key").read_text()
    [finding] = [found for found in check() if found.code == "secret-key-drawn"]
    assert "the broker may be shared by machines" in finding.sentence


def test_what_djangos_own_checks_find_is_told(settings: Settings) -> None:
    settings.SITE_URL = "https://votes.example.org"
    settings.TRUSTED_PROXIES = 1
    settings.SECURE_HSTS_SECONDS = 0
    settings.LANGUAGES = [("nonsense!", "Nonsense")]
    found = {finding.sentence.partition(":")[0]: finding.code for finding in check()}
    assert found["security.W004"] == "django-check"
    assert found["translation.E002"] == "django-check-error"
