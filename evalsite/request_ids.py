"""Gives each request an id, by which its log lines, the tasks that it calls and its page of an error are found again."""

import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from generation import log_ids

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[0-9a-fA-F-]{16,64}")  # as nginx's $request_id, or a UUID: no words that a visitor chose


def request_ids(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware around all others. The id is random, so it tells a worker's browser nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = _of_proxy(request) or secrets.token_hex(16)
        with log_ids.about(request=request_id):
            response = get_response(request)
        response[HEADER] = request_id
        return response

    return middleware


def _of_proxy(request: HttpRequest) -> str:
    """The id that a trusted proxy gave; empty if there is none."""
    told = request.headers.get(HEADER, "")
    return told if settings.TRUSTED_PROXIES and WELL_FORMED.fullmatch(told) else ""
