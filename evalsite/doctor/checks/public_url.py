"""EVALSITE_URL: whether the site answers there, with a certificate that lasts, and holds browsers to https."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.conf import settings

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well
from evalsite.doctor.site import PATIENCE, visit

UNREACHABLE = Fault(
    code="site-unreachable",
    level=WRONG,
    cause="Nobody gets to the site at the address of which its links are made.",
    cure="Start gunicorn and the proxy; check EVALSITE_URL, the name's DNS record, and firewalls. If only this machine cannot "
    "get there, because its router does not lead back in, give the name its local address in /etc/hosts.",
)
CERTIFICATE = Fault(
    code="certificate-refused",
    level=WRONG,
    cause="Browsers show a warning in the place of the site, and none at all in Mechanical Turk's frame.",
    cure="Renew the certificate for the host of EVALSITE_URL (“certbot renew”), let the proxy send the whole chain (nginx: "
    "fullchain.pem), and load it anew.",
)
ENDS_SOON = Fault(
    code="certificate-ends-soon",
    level=WARNING,
    cause="Certificates are renewed a month before their end where that is set up: it seems not to be, or to fail.",
    cure="Look at “systemctl list-timers” for the renewal and at its log, and renew the certificate.",
)
LOOP = Fault(
    code="redirect-loop",
    level=WRONG,
    cause="The site does not know that the request came over https, and sends it on to https for ever.",
    cure="Let the proxy set X-Forwarded-Proto to $scheme, and set EVALSITE_TRUSTED_PROXIES to the number of proxies.",
)
NOT_THERE = Fault(
    code="site-not-there",
    level=WRONG,
    cause="Another server answers at EVALSITE_URL, or the proxy does not reach gunicorn, or the site fails.",
    cure="Call /health/live at gunicorn's own port; if that answers 200, look at the proxy, otherwise at the site's log.",
)
NOT_READY = Fault(
    code="site-not-ready",
    level=WRONG,
    cause="The site answers, but its database, storage or broker does not serve it, whatever it does for this machine.",
    cure="Put right what it names; where all is well from here, look at the environment and the network of the site's machine.",
)
NO_HSTS = Fault(
    code="hsts-missing",
    level=WARNING,
    cause="Browsers are not held to https, so whoever is between can lead a visitor back to http.",
    cure="Let the proxy pass the header Strict-Transport-Security on; the site sends it on every answer over https.",
)
HTTP_OPEN = Fault(
    code="http-not-redirected",
    level=WARNING,
    cause="Whoever types the address without https gets something else than the site.",
    cure="Let port 80 answer 301 to the same address with https://; the example for nginx in deploy/ does.",
)

READY = "/health/ready"
ANY_PAGE = "/admin/login/"
SOON = timedelta(days=21)


def check() -> Iterator[Finding]:
    parts = urlsplit(settings.SITE_URL)
    if parts.scheme == "https":
        fault, ends = certificate_of(str(parts.hostname), parts.port or 443)
        yield from fault or _lasts(ends, datetime.now(UTC))
        if fault:
            return
    try:
        yield from _answers()
    except httpx.TransportError as error:
        yield UNREACHABLE.found(f"{settings.SITE_URL} does not answer ({str(error) or type(error).__name__}).")
        return
    if parts.scheme == "https":
        yield from without_https(urlunsplit(("http", str(parts.hostname), "", "", "")))


def _answers() -> Iterator[Finding]:
    """Raises TransportError."""
    yield from faults_of_page(visit(ANY_PAGE).response) or [well(f"{settings.SITE_URL} answers.")]
    yield from faults_of_probe(visit(READY).response)


def certificate_of(host: str, port: int) -> tuple[list[Finding], datetime | None]:
    """The fault of the certificate that a host shows, or its last day. A host without an answer is no fault of it."""
    try:
        with (
            socket.create_connection((host, port), timeout=PATIENCE) as connection,
            ssl.create_default_context().wrap_socket(connection, server_hostname=host) as secured,
        ):
            shown = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return [CERTIFICATE.found(f"The certificate of {host} is not valid: {error.verify_message}.")], None
    except ssl.SSLError as error:
        return [CERTIFICATE.found(f"{host} does not speak TLS on port {port} ({error.reason}).")], None
    except OSError:
        return [], None
    return [], datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


def _lasts(ends: datetime | None, now: datetime) -> Iterator[Finding]:
    if ends is None:
        return
    said = f"The certificate is valid for {(ends - now).days} days more, until {ends:%Y-%m-%d}."
    yield ENDS_SOON.found(said) if ends - now < SOON else well(said)


def faults_of_page(page: httpx.Response) -> list[Finding]:
    """Of the answer to a page of the site that everybody may see."""
    asked, sent_on = str(page.url), page.headers.get("Location", "")
    if page.is_redirect and str(page.url.join(sent_on)) == asked:
        return [LOOP.found(f"{asked} sends visitors on to itself.")]
    if page.status_code != httpx.codes.OK:
        to = f", sent on to {page.url.join(sent_on)}" if sent_on else ""
        return [NOT_THERE.found(f"{asked} answers {page.status_code}{to}, not 200.")]
    if asked.startswith("https://") and "Strict-Transport-Security" not in page.headers:
        return [NO_HSTS.found(f"{asked} comes without the header Strict-Transport-Security.")]
    return []


def faults_of_probe(ready: httpx.Response) -> list[Finding]:
    """Of what the site says of itself."""
    if ready.status_code == httpx.codes.SERVICE_UNAVAILABLE and "missing" in ready.text:
        said = "; ".join(f"the {part} {fault}" for part, fault in ready.json()["missing"].items())
        return [NOT_READY.found(f"The site says of itself: {said}.")]
    if ready.status_code != httpx.codes.OK:
        return [NOT_THERE.found(f"{ready.url} answers {ready.status_code}, not 200.")]
    return []


def without_https(http: str) -> Iterator[Finding]:
    """http: the same host without https, on the port that browsers try."""
    try:
        answer = visit(ANY_PAGE, url=http).response
    except httpx.TransportError as error:
        yield HTTP_OPEN.found(f"{http} does not answer ({str(error) or type(error).__name__}).")
        return
    if not (answer.is_redirect and answer.headers.get("Location", "").startswith("https://")):
        yield HTTP_OPEN.found(f"{http} answers {answer.status_code} instead of sending visitors on to https.")
