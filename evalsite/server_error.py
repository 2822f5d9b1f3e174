"""The page of an error that no view caught: it needs no database, and gives the id by which the log knows the error."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.cache import never_cache

from generation import log_ids


@never_cache
def server_error(request: HttpRequest) -> HttpResponse:
    """In the language of the worker's study, where its page had found that out already."""
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    with translation.override(language):
        page = render_to_string("500.html", {"request_id": log_ids.current().get("request", "")})
    return HttpResponseServerError(page)
