"""The proxies: whether the site knows who visits it and over what, and whether it is the site that this machine belongs to."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well
from evalsite.doctor.fingerprints import UNREADABLE, Fingerprints, code_digest, fingerprints
from evalsite.doctor.probe import probe_in_storage
from evalsite.doctor.site import FORGED, probe_path, visit

OTHER_SITE = Fault(
    code="site-other-key",
    level=WRONG,
    cause="The site does not know what this machine signed: it has another secret key, or older code, or is another server.",
    cure="Set EVALSITE_SECRET_KEY to the same on all machines, bring them to the same version, and start them anew.",
)
OTHER_DATABASE = Fault(
    code="site-other-database",
    level=WRONG,
    cause="The site writes into another database than commands on this machine.",
    cure="Call the doctor with the environment that the site has, or set EVALSITE_DATABASE to the same on both machines.",
)
OTHER_STORAGE = Fault(
    code="site-other-storage",
    level=WRONG,
    cause="The site does not find files that this machine puts into the storage.",
    cure="Set EVALSITE_STORAGE and AWS_ENDPOINT_URL_S3 to the same on all machines, or let them share the folder images.",
)
OLD_CODE = Fault(
    code="site-other-code",
    level=WRONG,
    cause="The site was started with other code than lies on this machine: not updated, or not started anew since.",
    cure="Bring all machines to the same version, and start gunicorn anew.",
)
BELIEVES_VISITORS = Fault(
    code="visitors-believed",
    level=WRONG,
    cause="Visitors choose the address that limits are counted by, because fewer proxies add an address than are trusted.",
    cure="Set EVALSITE_TRUSTED_PROXIES to the number of proxies that append to X-Forwarded-For (nginx: "
    "$proxy_add_x_forwarded_for), and let nobody reach gunicorn past them.",
)
SEES_PROXY = Fault(
    code="visitors-unseen",
    level=WRONG,
    cause="All visitors have the address of a proxy, and share one limit on logins and sessions.",
    cure="Set EVALSITE_TRUSTED_PROXIES to the number of proxies that a request passes.",
)
NO_ADDRESS = Fault(
    code="address-not-passed",
    level=WRONG,
    cause="Proxies are trusted, and none says where a request comes from.",
    cure="Let the proxy append the visitor's address (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for), or "
    "set EVALSITE_TRUSTED_PROXIES to 0 if there is no proxy.",
)
SCHEME_FORGED = Fault(
    code="scheme-believed",
    level=WRONG,
    cause="The proxy passes on what the visitor says of https; a page over http could pass for one over https.",
    cure="Let the proxy set the header itself (nginx: proxy_set_header X-Forwarded-Proto $scheme).",
)
NOT_SECURE = Fault(
    code="https-unseen",
    level=WRONG,
    cause="The site does not know that its visitors come over https.",
    cure="Let the proxy set X-Forwarded-Proto to $scheme, and set EVALSITE_TRUSTED_PROXIES to the number of proxies.",
)
OTHER_HOST = Fault(
    code="host-not-passed",
    level=WARNING,
    cause="The proxy gives the site its own name for it; forms are refused then, as if they came from elsewhere.",
    cure="Let the proxy pass the host on (nginx: proxy_set_header Host $host).",
)


def check() -> Iterator[Finding]:
    """The doctor comes with a forged address and scheme, which nobody must believe."""
    https = settings.SITE_URL.startswith("https://")
    nonce = secrets.token_hex(16)
    with probe_in_storage() as probe:
        forged = {"X-Forwarded-For": FORGED, "X-Forwarded-Proto": "http" if https else "https"}
        response = visit(probe_path(nonce, probe), forged).response
        own = fingerprints(nonce, probe)
    if https and response.is_redirect:
        yield SCHEME_FORGED.found("The site believed a visitor that came over https and said http, and sent it on to https.")
        return
    if response.status_code != 200:
        yield OTHER_SITE.found(f"The site answers {response.status_code} to what this machine signed.")
        return
    seen = response.json()
    faults = [*of_identity(seen, own), *of_address(seen, settings.TRUSTED_PROXIES), *of_scheme(seen, https), *_of_host(seen)]
    yield from faults or [
        well(f"The site is this machine's, and knows who visits it; proxies trusted: {settings.TRUSTED_PROXIES}.")
    ]


def of_identity(seen: Mapping[str, Any], own: Fingerprints) -> Iterator[Finding]:
    its = Fingerprints(**seen["fingerprints"])
    if own.database not in (UNREADABLE, its.database):
        yield OTHER_DATABASE.found("The site has another database than this machine.")
    if own.storage not in (UNREADABLE, its.storage):
        yield OTHER_STORAGE.found("The site does not find in its storage what this machine put there.")
    if seen["code"] != code_digest():
        yield OLD_CODE.found(f"The site runs other code ({seen['code']}) than lies on this machine ({code_digest()}).")


def of_address(seen: Mapping[str, Any], trusted: int) -> Iterator[Finding]:
    """What the site made of a forged X-Forwarded-For.

    Each proxy appends an address, or puts one in the place of what it was given; the site's entries behind the forged one
    are therefore as many as the proxies that say something.
    """
    forwarded: list[str] = seen["forwarded"]
    proxies = len(forwarded) - (FORGED in forwarded)
    if seen["address"] == FORGED or 0 < proxies < trusted:
        yield BELIEVES_VISITORS.found(f"Proxies trusted: {trusted}; proxies that said where the request came from: {proxies}.")
    elif proxies < trusted:
        yield NO_ADDRESS.found(f"Proxies trusted: {trusted}; none said where the request came from.")
    elif proxies > trusted:
        yield SEES_PROXY.found(
            f"Proxies trusted: {trusted}; proxies that said where the request came from: {proxies}. The site took it to come "
            f"from {seen['address']}."
        )


def of_scheme(seen: Mapping[str, Any], https: bool) -> Iterator[Finding]:
    if seen["secure"] and not https:
        yield SCHEME_FORGED.found("The site believed a visitor that came over http and said https.")
    if https and not seen["secure"]:
        yield NOT_SECURE.found("The site takes a visitor that came over https for one over http.")


def _of_host(seen: Mapping[str, Any]) -> Iterator[Finding]:
    if seen["host"] != urlsplit(settings.SITE_URL).netloc:
        yield OTHER_HOST.found(f"The site was called {seen['host']}, not {urlsplit(settings.SITE_URL).netloc}.")
