"""Settings: whether they fit to each other, to where people reach the site, and to servers that machines share."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well
from evalsite.doctor.hosts import is_elsewhere
from generation.storage import store
from generation.storage.bucket import Bucket
from studies.channels.loopback import is_loopback

KEY_DRAWN = Fault(
    code="secret-key-drawn",
    level=WRONG,
    cause="Each machine draws a key of its own into its data folder: links that one signs are nothing to another, and a worker "
    "of a study is another person to each.",
    cure="Set EVALSITE_SECRET_KEY on all machines to the same: the content of the file secret_key in the data folder of the "
    "machine whose site has run so far.",
)
KEY_READABLE = Fault(
    code="secret-key-readable",
    level=WARNING,
    cause="Other users of this machine can read the key, and so forge links and logins.",
    cure="chmod 600 the file secret_key in the data folder, and make the folder the site's user's own.",
)
DEBUG_IN_PUBLIC = Fault(
    code="debug-in-public",
    level=WRONG,
    cause="An error shows its visitor code, settings and rows.",
    cure="Set EVALSITE_DEBUG=0, or leave it out, and start the site anew.",
)
PLAIN_HTTP = Fault(
    code="plain-http",
    level=WARNING,
    cause="Logins and answers travel in the clear, and Mechanical Turk shows no page without https.",
    cure="Put a proxy with a certificate in front, and begin EVALSITE_URL with https://; docs/operator.md, “Behind a proxy”.",
)
NO_PROXY_TRUSTED = Fault(
    code="no-proxy-trusted",
    level=WARNING,
    cause="Behind a proxy, every visitor would have its address and share one limit, and pages would be sent on to themselves.",
    cure="Set EVALSITE_TRUSTED_PROXIES to the number of your proxies, unless gunicorn itself holds the certificate.",
)
FILES_ONLY_HERE = Fault(
    code="files-only-here",
    level=WARNING,
    cause="The database is shared over the network, but images or messages lie in the data folder of this machine.",
    cure="Set EVALSITE_STORAGE and EVALSITE_BROKER on all machines, unless all processes run on this one or share the folder.",
)
DJANGO_SAYS = Fault(
    code="django-check",
    level=WARNING,
    cause="`manage.py check --deploy` finds this.",
    cure="Do what the hint says; docs.djangoproject.com explains each by its number.",
)
DJANGO_REFUSES = Fault(
    code="django-check-error",
    level=WRONG,
    cause="`manage.py check` finds this, and Django does not start with it.",
    cure="Do what the hint says; docs.djangoproject.com explains each by its number.",
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the settings say. shared: the servers on other machines. local: what lies in the data folder of this machine."""

    url: str
    debug: bool
    trusted_proxies: int
    key_drawn: bool
    key_readable: bool
    shared: tuple[str, ...]
    local: tuple[str, ...]

    @property
    def public(self) -> bool:
        return not is_loopback(str(urlsplit(self.url).hostname))


def check() -> Iterator[Finding]:
    facts = facts_here()
    of_django = (each for each in checks.run_checks(include_deployment_checks=facts.public) if not each.is_silenced())
    faults = [*judged(facts), *map(_of_django, of_django)]
    yield from faults or [well(f"The settings fit {facts.url}.")]


def facts_here() -> Facts:
    key = Path(settings.DATA_DIR) / "secret_key"
    drawn = key.is_file() and key.read_text() == settings.SECRET_KEY
    bucket = isinstance(store(), Bucket)
    hosts = {
        "the database": str(settings.DATABASES["default"].get("HOST") or ""),
        "the broker": urlsplit(str(settings.CELERY_BROKER_URL)).hostname or "",
        "the storage": (urlsplit(settings.S3_ENDPOINT_URL).hostname or "Amazon") if bucket else "",
    }
    return Facts(
        url=settings.SITE_URL,
        debug=settings.DEBUG,
        trusted_proxies=settings.TRUSTED_PROXIES,
        key_drawn=drawn,
        key_readable=drawn and bool(key.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)),
        shared=tuple(name for name, host in hosts.items() if is_elsewhere(host)),
        local=tuple(name for name, host in hosts.items() if not host),
    )


def judged(facts: Facts) -> Iterator[Finding]:
    if facts.key_drawn and facts.shared:
        servers = " and ".join(facts.shared)
        yield KEY_DRAWN.found(f"The secret key was drawn into the data folder, but {servers} may be shared by machines.")
    if facts.key_readable:
        yield KEY_READABLE.found("The file of the secret key can be read by others than its owner.")
    if facts.debug and facts.public:
        yield DEBUG_IN_PUBLIC.found(f"EVALSITE_DEBUG is 1, and {facts.url} is open to others.")
    if facts.public and facts.url.startswith("http://"):
        yield PLAIN_HTTP.found(f"EVALSITE_URL is {facts.url}, without https.")
    if facts.public and facts.url.startswith("https://") and not facts.trusted_proxies:
        yield NO_PROXY_TRUSTED.found(f"EVALSITE_URL is {facts.url}, and EVALSITE_TRUSTED_PROXIES is 0.")
    if "the database" in facts.shared and (here := [name for name in facts.local if name != "the database"]):
        yield FILES_ONLY_HERE.found(f"The database is on another machine, but {' and '.join(here)} in the folder of this one.")


def _of_django(message: CheckMessage) -> Finding:
    fault = DJANGO_REFUSES if message.level >= checks.ERROR else DJANGO_SAYS
    said = " ".join(f"{message.msg} {message.hint or ''}".split())
    return fault.found(f"{message.id}: {said}")
