"""No finding shows a secret, whatever the error says that it quotes."""

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from django.conf import settings

from evalsite.doctor.findings import Finding

SETTINGS = ("SECRET_KEY", "CHAT_KEY", "PROLIFIC_TOKEN", "PROLIFIC_WEBHOOK_SECRET", "METRICS_TOKEN")
ENVIRONMENT = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
PASSWORD_IN_ADDRESS = re.compile(r"(\w+://[^\s:/@]*):[^\s/@]+@")
HIDDEN = "…"


def without_secrets(finding: Finding) -> Finding:
    """The finding, with each secret of the settings and each password of an address left out."""
    sentence = PASSWORD_IN_ADDRESS.sub(rf"\1:{HIDDEN}@", finding.sentence)
    for secret in sorted(_secrets(), key=len, reverse=True):
        sentence = sentence.replace(secret, HIDDEN)
    return replace(finding, sentence=sentence)


def _secrets() -> set[str]:
    """As they stand in the settings; passwords of addresses both as they are written there and as they are meant."""
    named = [getattr(settings, name, "") for name in SETTINGS] + [os.environ.get(name, "") for name in ENVIRONMENT]
    database = settings.DATABASES["default"].get("PASSWORD", "")
    return {str(secret) for secret in [*named, database, *_passwords([str(settings.CELERY_BROKER_URL)])] if secret}


def _passwords(addresses: Iterable[str]) -> Iterable[str]:
    for address in addresses:
        password = urlsplit(address).password or ""
        yield from (password, unquote(password))
