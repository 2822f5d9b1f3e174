"""Certificates and redirects, on real servers of this machine."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from evalsite.doctor.checks.clock import judged as judged_clock
from evalsite.doctor.checks.clock import off
from evalsite.doctor.checks.public_url import check, faults_of_page, faults_of_probe, without_https
from tests.evalsite.doctor.looking import codes
from tests.studies.channels.mturk.questions.servers import answering

NOW = datetime.now(UTC)
HSTS = {"Strict-Transport-Security": "max-age=31536000"}


def certificate(folder: Path, name: str, ends: datetime) -> Path:
    """A certificate that vouches for itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begun = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    dated = begun.serial_number(1).not_valid_before(NOW - timedelta(days=90)).not_valid_after(ends)
    named = dated.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    signed = named.sign(key, hashes.SHA256())
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "both.pem"
    path.write_bytes(key.private_bytes(*plain) + signed.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def https(pem: Path, headers: Mapping[str, str]) -> Iterator[int]:
    """The port of a server that shows a certificate and answers everything with 200."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Clients that do not trust the certificate hang up."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("name", "days", "headers", "code"),
    [
        ("localhost", 60, HSTS, []),
        ("localhost", 60, {}, ["hsts-missing"]),
        ("localhost", 10, HSTS, ["certificate-ends-soon"]),
        ("localhost", -1, HSTS, ["certificate-refused"]),
        ("votes.example.org", 60, HSTS, ["certificate-refused"]),
    ],
)
def test_a_certificate_and_the_hold_on_https_are_looked_at(
    name: str,
    days: int,
    headers: Mapping[str, str],
    code: list[str],
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pem = certificate(tmp_path, name, NOW + timedelta(days=days))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))  # who is trusted
    with https(pem, headers) as port:
        settings.SITE_URL = f"https://localhost:{port}"
        assert [found for found in codes(check()) if found != "http-not-redirected"] == code


def test_a_certificate_that_nobody_vouches_for_is_found_with_its_reason(tmp_path: Path, settings: Settings) -> None:
    with https(certificate(tmp_path, "localhost", NOW + timedelta(days=60)), HSTS) as port:
        settings.SITE_URL = f"https://localhost:{port}"
        [finding] = check()
    assert finding.code == "certificate-refused"
    assert "self-signed certificate" in finding.sentence


def test_a_site_that_nobody_reaches_is_found(settings: Settings) -> None:
    settings.SITE_URL = "http://127.0.0.1:1"
    assert codes(check()) == ["site-unreachable"]


def test_http_that_leads_to_https_is_well_and_all_else_is_found() -> None:
    with answering(301, {"Location": "https://votes.example.org/admin/login/"}) as http:
        assert codes(without_https(http)) == []
    with answering(200, {}) as http:
        assert codes(without_https(http)) == ["http-not-redirected"]
    assert codes(without_https("http://127.0.0.1:1")) == ["http-not-redirected"]


def test_a_page_that_is_sent_on_to_itself_or_fails_is_found() -> None:
    asked = httpx.Request("GET", "https://votes.example.org/admin/login/")
    to_itself = httpx.Response(301, headers={"Location": str(asked.url)}, request=asked)
    assert codes(faults_of_page(to_itself)) == ["redirect-loop"]
    assert codes(faults_of_page(httpx.Response(502, request=asked))) == ["site-not-there"]


def test_what_the_site_says_that_it_lacks_is_told() -> None:
    asked = httpx.Request("GET", "https://votes.example.org/health/ready")
    lacking = {"ready": False, "missing": {"broker": "does not answer in time"}}
    [finding] = faults_of_probe(httpx.Response(503, json=lacking, request=asked))
    assert finding.code == "site-not-ready"
    assert "the broker does not answer in time" in finding.sentence
    assert codes(faults_of_probe(httpx.Response(404, request=asked))) == ["site-not-there"]


@pytest.mark.parametrize(
    ("shown", "seconds", "code"),
    [
        ((103, 104), 0, []),  # between question and answer
        ((109, 110), 4, []),
        ((90, 91), -9, ["clock-off"]),
        ((400, 401), 295, ["clock-far-off"]),
    ],
)
def test_a_clock_is_off_only_as_far_as_the_time_of_the_answer_leaves_no_doubt(
    shown: tuple[float, float], seconds: float, code: list[str]
) -> None:
    assert off(100, *shown, 105) == seconds
    assert codes([judged_clock("the database's", seconds)]) == code
