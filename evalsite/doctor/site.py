"""Asks the site at EVALSITE_URL, as a visitor from outside would, for what nobody but the doctor may ask.

What is asked is signed with the secret key. The site says how the request reached it, and which database, storage and code it
has, as hashes.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from evalsite.doctor.fingerprints import code_digest, fingerprints
from studies.client_address import client_address
from studies.headers import worker_page

SALT = "evalsite.doctor"
LIFETIME_SECONDS = 600  # the clocks of two machines may differ
PATIENCE = 10.0  # seconds
FORGED = "192.0.2.1"  # of nobody: RFC 5737 keeps it for examples
CODE = code_digest()  # at the start of the process, whatever lies on its disk by now


@dataclass(frozen=True)
class Visit:
    """An answer of the site, and this machine's clock around it, in seconds since 1970."""

    response: httpx.Response
    before: float
    after: float


def visit(path: str, headers: Mapping[str, str] | None = None, url: str = "") -> Visit:
    """Ask the site for a page, and follow nowhere. Raises httpx.TransportError."""
    trusted = ssl.create_default_context()  # whom this machine trusts: a lab may have an authority of its own
    before = time.time()
    response = httpx.get(f"{url or settings.SITE_URL}{path}", headers=headers, timeout=PATIENCE, verify=trusted)
    return Visit(response, before, time.time())


def probe_path(nonce: str, probe: str) -> str:
    """The path of the doctor's page. probe: the name of a file that this machine put into its storage, or empty."""
    return f"/doctor/{signing.dumps({'nonce': nonce, 'probe': probe}, salt=SALT)}/"


@worker_page
def page(request: HttpRequest, signed: str) -> HttpResponse:
    """What the site knows of the request, and of itself; 404 for everybody without a signature."""
    try:
        asked: dict[str, Any] = signing.loads(signed, salt=SALT, max_age=LIFETIME_SECONDS)
    except signing.BadSignature:
        raise Http404 from None
    forwarded = request.headers.get("X-Forwarded-For", "")
    return JsonResponse(
        {
            "address": client_address(request),
            "direct": request.META.get("REMOTE_ADDR", ""),
            "forwarded": [entry.strip() for entry in forwarded.split(",") if entry.strip()],
            "secure": request.is_secure(),
            "host": request.get_host(),
            "code": CODE,
            "fingerprints": asdict(fingerprints(asked["nonce"], asked["probe"])),
        }
    )
