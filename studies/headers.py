"""What all pages of workers have in common: nothing is kept on disk, and they speak the language of their study."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def worker_page(view: View[P]) -> View[P]:
    """A view whose answers no browser and no proxy keeps.

    Once it knows the study it may activate that study's language, which lasts until it has answered.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE):
            response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return guarded
