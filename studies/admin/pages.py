"""Pages of the admin about one study, and who may open them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from studies.models import Study

VIEW_STUDY = "studies.view_study"

StudyView = Callable[[HttpRequest, Study], HttpResponseBase]


def study_page(permission: str) -> Callable[[StudyView], Callable[..., HttpResponseBase]]:
    """Make a view of a study a page of the admin, for those who may view studies and have that permission."""

    def decorate(view: StudyView) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, pk: int) -> HttpResponseBase:
            require(request, VIEW_STUDY)
            require(request, permission)
            return view(request, get_object_or_404(Study, pk=pk))

        return admin.site.admin_view(page)

    return decorate


def require(request: HttpRequest, permission: str) -> None:
    """Raise PermissionDenied, in a sentence, for a user without that permission."""
    if not request.user.has_perm(permission):
        raise PermissionDenied("Your account may not do this. Ask whoever gives out accounts for a role that may.")


def render_page(request: HttpRequest, study: Study, name: str, page: dict[str, Any]) -> HttpResponse:
    """One of the templates of our own, with what every page of the admin needs."""
    context = {**admin.site.each_context(request), "study": study, "opts": Study._meta, **page}
    return render(request, f"admin/studies/study/{name}.html", context)
