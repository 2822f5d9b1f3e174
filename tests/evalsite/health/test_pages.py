"""Probes and scrapes, as load balancers and Prometheus send them."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from evalsite.health import readiness
from generation.models import Image
from tests.evalsite.test_policy import POLICY, policy_of
from tests.factories_generation import ImageFactory

BY_ADDRESS = {"host": "10.1.2.3:8000"}
TOKEN = "of-the-scraper"


@pytest.fixture
def scraper(settings: Settings) -> Client:
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"Authorization": f"Bearer {TOKEN}", **BY_ADDRESS})


def test_a_live_process_says_so_without_the_database_under_any_host_and_over_http(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_REDIRECT_EXEMPT = True, [r"^health/"]
    response = client.get("/health/live", headers=BY_ADDRESS)
    assert (response.status_code, response.content) == (200, b"live\n")
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies
    assert policy_of(response) == POLICY


def test_a_probe_changes_nothing(client: Client) -> None:
    assert client.post("/health/live").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_site_that_lacks_nothing_is_ready(client: Client) -> None:
    response = client.get("/health/ready", headers=BY_ADDRESS)
    assert (response.status_code, response.json()) == (200, {"ready": True, "missing": {}})
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies


@pytest.mark.django_db(transaction=True)
def test_a_site_that_is_not_migrated_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = readiness.migrations() | {("studies", "9999_newer"), ("generation", "9999_newer")}
    monkeypatch.setattr(readiness, "migrations", lambda: newer)
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["missing"] == {"database": "lacks 2 migrations; call manage.py migrate"}


@pytest.mark.django_db(transaction=True)
def test_a_site_without_its_files_is_not_ready(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    lost, kept = ImageFactory.create_batch(2, with_file=True)
    Image.objects.update(finished_at="2026-03-01T12:00:00Z")
    Path(lost.file.path).unlink()
    assert client.get("/health/ready").status_code == 200
    Path(kept.file.path).unlink()
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["missing"] == {"storage": "does not have the files of the newest images"}


def test_without_a_token_there_are_no_metrics(client: Client) -> None:
    assert client.get("/health/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("told", ["", TOKEN, f"Bearer {TOKEN}s", f"bearer {TOKEN}", "Bearer ü"])
def test_metrics_are_for_whoever_has_the_token(scraper: Client, told: str) -> None:
    response = scraper.get("/health/metrics", headers={"Authorization": told})
    assert (response.status_code, response.content) == (401, b"")


@pytest.mark.django_db(transaction=True)
def test_a_scrape_is_answered_in_prometheus_format(scraper: Client) -> None:
    response = scraper.get("/health/metrics")
    assert response.status_code == 200
    metrics = {metric.name: metric for metric in text_string_to_metric_families(response.content.decode())}
    assert {sample.labels["part"]: sample.value for sample in metrics["evalsite_up"].samples} == dict.fromkeys(
        ("database", "storage", "broker"), 1
    )
    queues = {sample.labels["queue"]: sample.value for sample in metrics["evalsite_messages"].samples}
    messages = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])  # where other tests may have left some
    assert queues == {name: len(list(messages.glob(f"*.{name}.msg"))) for name in ("gpu", "caption", "metrics", "default")}
    assert metrics["evalsite_sessions_open"].samples[0].value == 0
