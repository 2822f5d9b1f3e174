"""Addresses as logs may hold them: the pattern that a path matched, without the tokens and ids in it."""

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
PROBES = "/health/"


def address_of(request: HttpRequest) -> str:
    """The pattern of the request's path, such as /p/<slug:token>/.

    Of what matched none, only static files and probes are named: a mistyped personal link is one all the same.
    """
    if match := request.resolver_match:
        return f"/{match.route}"
    return request.path if request.path.startswith((settings.STATIC_URL, PROBES)) else UNKNOWN
