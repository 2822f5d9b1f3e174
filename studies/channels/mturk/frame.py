"""What every page in Mechanical Turk's frame has in common: it may be framed there, and nowhere else, and needs no cookie."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from studies.channels.mturk.environments import PRODUCTION, SANDBOX, environment
from studies.headers import worker_page

# Where Amazon shows workers production's HITs; their answers go to www.mturk.com all the same, and come back from there.
PAGES_OF_PRODUCTION = "https://worker.mturk.com"

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def framed(view: View[P]) -> Callable[..., HttpResponseBase]:
    """A worker's page for Mechanical Turk's frame.

    Forms are guarded by the token of visits.py instead of a cookie, which browsers keep out of frames.
    """

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        allowed = {"frame-ancestors": worker_sites(), "form-action": [SELF, *worker_sites()]}
        response = csp_replace(allowed)(worker_page(view))(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    return csrf_exempt(xframe_options_exempt(page))


def worker_sites() -> list[str]:
    """The origins of Mechanical Turk's own pages, and the emulator's where there is one."""
    sites = [PAGES_OF_PRODUCTION, environment(PRODUCTION).worker_site, environment(SANDBOX).worker_site]
    return [*sites, settings.MTURK_ENDPOINT_URL] if settings.MTURK_ENDPOINT_URL else sites
