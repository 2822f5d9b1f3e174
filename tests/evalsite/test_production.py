"""A site under https, as operators run it."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

FILE = Path(settings.BASE_DIR) / "evalsite" / "settings.py"


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    """The settings under these environment variables."""
    for name, value in variables.items():
        monkeypatch.setenv(f"EVALSITE_{name}", value)
    return runpy.run_path(str(FILE))


@pytest.mark.parametrize("proxies", ["0", "2"])
def test_django_s_own_check_of_a_deployment_finds_nothing(proxies: str) -> None:
    site = {"EVALSITE_URL": "https://votes.example.org", "EVALSITE_TRUSTED_PROXIES": proxies}
    environment = {**os.environ, **site, "DJANGO_SETTINGS_MODULE": "evalsite.settings"}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    process = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    assert "no issues" in process.stdout


def test_https_is_asked_of_browsers_for_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    site = read(monkeypatch, URL="https://votes.example.org")
    assert site["SECURE_HSTS_SECONDS"] == 31_536_000
    assert site["SESSION_COOKIE_SECURE"]
    assert site["CSRF_COOKIE_SECURE"]
    assert site["SECURE_SSL_REDIRECT"]


def test_a_site_on_this_machine_alone_asks_for_no_https(monkeypatch: pytest.MonkeyPatch) -> None:
    site = read(monkeypatch, URL="http://127.0.0.1:8000")
    assert not site["SECURE_SSL_REDIRECT"]
    assert "SECURE_HSTS_SECONDS" not in site


def test_a_proxy_is_believed_about_https_only_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "SECURE_PROXY_SSL_HEADER" not in read(monkeypatch, TRUSTED_PROXIES="0")
    assert read(monkeypatch, TRUSTED_PROXIES="1")["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_behind_a_proxy_http_is_sent_to_https_and_https_is_answered(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 31_536_000
    plain, secure = (client.get("/admin/login/", headers={"X-Forwarded-Proto": scheme}) for scheme in ("http", "https"))
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://testserver/admin/login/")
    assert (secure.status_code, secure.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
