"""How channels are configured: where they are asked, and with which token. Wrong values are refused by the variable's name."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PROLIFIC_URL = "https://api.prolific.com/api/v1"


def endpoint(variable: str, value: str) -> str:
    """An address without a slash at its end; empty for none. Raises ImproperlyConfigured, which never shows a password."""
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        known = False
    if value and not (known and parts.username is None and not parts.query and not parts.fragment):
        raise ImproperlyConfigured(f"{variable} must look like http://localhost:8900: without a user or options after “?”.")
    return value.rstrip("/")


def token(variable: str, value: str) -> str:
    """A token, as a header can carry it. Raises ImproperlyConfigured, which does not show it."""
    value = value.strip()
    if value and not (value.isascii() and value.isprintable() and " " not in value):
        raise ImproperlyConfigured(f"{variable} must be one word of ASCII letters, digits and signs.")
    return value
