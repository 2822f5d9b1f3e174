"""The probes' answers: kept by nobody, without a session, cookies or a look at the host that was asked for."""

import hmac
from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from evalsite.health import readiness
from evalsite.health.metrics import text

View = Callable[[HttpRequest], HttpResponse]
PLAIN = "text/plain; charset=utf-8"


def probes(get_response: View) -> View:
    """Middleware before whatever looks at hosts: a load balancer asks by an address of its own, and over plain http."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return PAGES.get(request.path_info, get_response)(request)

    return middleware


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """That this process answers."""
    return HttpResponse("live\n", content_type=PLAIN)


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Whether the site can work, or what keeps it from that."""
    missing = readiness.missing()
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics, for whoever has the token; where there is none, there is no such page."""
    if not settings.METRICS_TOKEN:
        return HttpResponseNotFound()
    told = request.headers.get("Authorization", "")
    if not hmac.compare_digest(told.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(text(), content_type=CONTENT_TYPE_LATEST)


PAGES: Mapping[str, View] = {"/health/live": live, "/health/ready": ready, "/health/metrics": metrics}
