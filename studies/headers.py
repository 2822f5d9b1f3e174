"""What all pages of workers have in common: nothing is kept on disk, and they speak the language of their study."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from generation import log_ids

if TYPE_CHECKING:
    from studies.models import Study

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def worker_page(view: View[P]) -> View[P]:
    """A view whose answers no browser and no proxy keeps.

    Once it knows the study it may speak for it, which lasts until it has answered.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        with translation.override(settings.LANGUAGE_CODE):
            try:
                response = view(request, *args, **kwargs)
            finally:
                request.LANGUAGE_CODE = translation.get_language()  # of the page that says that there was an error
        response["Cache-Control"] = "no-store"
        return response

    return guarded


def speak_for(study: "Study") -> None:
    """Answer in the study's language, and let log lines name the study."""
    translation.activate(study.language)
    log_ids.note(study=study.pk)
