"""The checks that visit the site: through proxies that do something wrong, each in its own way."""

from email.message import Message

import httpx
import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from evalsite.doctor.checks import clock, frame, public_url
from evalsite.doctor.checks import proxy as proxies
from evalsite.doctor.fingerprints import Fingerprints
from evalsite.doctor.site import FORGED, probe_path
from tests.evalsite.doctor.looking import Change, codes, drop, nothing, proxy, put

pytestmark = pytest.mark.django_db(transaction=True)
PROXY = "10.1.2.3"


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    settings.SITE_URL = live_server.url
    return str(live_server.url)


def appended(headers: Message) -> None:
    """What nginx does with $proxy_add_x_forwarded_for and $scheme."""
    put("X-Forwarded-For", f"{headers.get('X-Forwarded-For', '')}, {PROXY}")(headers)
    put("X-Forwarded-Proto", "http")(headers)


@pytest.mark.usefixtures("site")
def test_the_site_itself_is_well() -> None:
    found = [*public_url.check(), *clock.check(), *frame.check(), *proxies.check()]
    assert codes(found) == []
    assert "Mechanical Turk may frame the page of a HIT." in [finding.sentence for finding in found]


def test_behind_a_proxy_that_does_as_nginx_does_the_site_is_well(site: str, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    with proxy(site, of_request=appended) as settings.SITE_URL:
        assert codes([*public_url.check(), *frame.check(), *proxies.check()]) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (put("X-Frame-Options", "SAMEORIGIN"), ["frame-options-added"]),
        (put("Content-Security-Policy", "frame-ancestors 'self'"), ["frame-not-allowed", "frame-open"]),
        (drop("Content-Security-Policy"), ["frame-open"]),
        (put("Cache-Control", "public, max-age=60"), ["pages-kept"]),
    ],
)
def test_a_proxy_that_changes_headers_is_found(site: str, settings: Settings, change: Change, code: list[str]) -> None:
    with proxy(site, of_answer=change) as settings.SITE_URL:
        assert codes(frame.check()) == code


@pytest.mark.usefixtures("site")
def test_a_page_of_a_hit_that_fails_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studies.channels.mturk.pages.hit._behind", {}.__getitem__)
    assert codes(frame.check()) == ["hit-page-fails"]


def test_a_second_policy_of_a_proxy_is_found() -> None:
    headers = httpx.Headers(
        [
            ("Content-Security-Policy", "frame-ancestors https://a.example"),
            ("Content-Security-Policy", "frame-ancestors 'self'"),
        ]
    )
    [finding] = [found for found in frame.faults_of_frame(headers, ["https://a.example"]) if found.code == "frame-not-allowed"]
    assert "leaves out https://a.example" in finding.sentence


@pytest.mark.parametrize(
    ("of_request", "trusted", "code"),
    [
        (nothing, 1, "visitors-believed"),  # it passes on what a visitor wrote
        (appended, 0, "visitors-unseen"),
        (drop("X-Forwarded-For"), 1, "address-not-passed"),
        (put("Host", "127.0.0.1:8000"), 0, "host-not-passed"),
    ],
)
def test_a_proxy_that_hides_who_comes_is_found(
    site: str, settings: Settings, of_request: Change, trusted: int, code: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    with proxy(site, of_request=of_request) as settings.SITE_URL:
        assert codes(proxies.check()) == [code]


@pytest.mark.usefixtures("site")
def test_a_proxy_that_passes_on_the_scheme_that_a_visitor_says_is_found(settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert codes(proxies.check()) == ["scheme-believed"]


def test_a_site_that_does_not_know_of_https_is_found() -> None:
    assert codes(proxies.of_scheme({"secure": False}, https=True)) == ["https-unseen"]


@pytest.mark.usefixtures("site")
def test_a_site_with_another_key_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    its, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-0123456789-0123456789-0123456789-012345"
    signed_here = probe_path("0123456789abcdef", "")
    settings.SECRET_KEY = its
    monkeypatch.setattr(proxies, "probe_path", lambda _nonce, _probe: signed_here)
    assert codes(proxies.check()) == ["site-other-key"]


def test_a_site_with_another_database_storage_or_code_is_found() -> None:
    seen = {"fingerprints": {"secret_key": "k", "database": "d", "storage": ""}, "code": "0ld"}
    own = Fingerprints(secret_key="k", database="other", storage="s")
    assert codes(proxies.of_identity(seen, own)) == ["site-other-database", "site-other-storage", "site-other-code"]


def test_the_doctors_page_is_for_nobody_without_a_signature_and_tells_no_more_than_hashes(
    site: str, settings: Settings
) -> None:
    assert httpx.get(f"{site}/doctor/made:up/").status_code == 404
    answer = httpx.get(f"{site}{probe_path('0123456789abcdef', '')}", headers={"X-Forwarded-For": FORGED})
    assert answer.json()["forwarded"] == [FORGED]
    assert answer.json()["address"] == answer.json()["direct"] == "127.0.0.1"
    assert answer.headers["Cache-Control"] == "no-store"
    assert settings.SECRET_KEY not in answer.text
    assert str(settings.DATA_DIR) not in answer.text
