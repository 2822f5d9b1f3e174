"""One line for each request: what was asked for, without ids of persons in it, what came of it, and how long that took."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from evalsite.logs.addresses import PROBES, address_of
from generation import log_ids

logger = logging.getLogger("evalsite.access")

OF_STUDIES = ("admin/studies/study/<", "live/<", "power/<", "results/<")
OF_RUNS = ("admin/generation/run/<",)


class AccessLog:
    """Middleware; notes the study or run of the pages of researchers, whose addresses say it, for all lines of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        if response.status_code < 500 and request.path_info.startswith(PROBES):
            return response  # asked for every few seconds, for ever
        _log(request, response.status_code, time.perf_counter() - started)
        return response

    def process_view(self, request: HttpRequest, _view: object, _args: object, kwargs: Mapping[str, Any]) -> None:
        route = request.resolver_match.route if request.resolver_match else ""
        named = str(kwargs.get("study") or kwargs.get("pk") or kwargs.get("object_id"))
        if named.isdecimal() and route.startswith(OF_STUDIES):
            log_ids.note(study=named)
        if named.isdecimal() and route.startswith(OF_RUNS):
            log_ids.note(run=named)


def _log(request: HttpRequest, status: int, seconds: float) -> None:
    fields = {"method": request.method, "address": address_of(request), "status": status, "ms": round(1000 * seconds, 1)}
    logger.info("%(method)s %(address)s %(status)s in %(ms)s ms", fields, extra={"fields": fields})
