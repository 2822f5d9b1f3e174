"""What the views of a study's results share: who is let in, and their addresses."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from analysis.web.gate import for_researchers, why_hidden
from studies.models import Study

ResultsView = Callable[..., HttpResponseBase]


def of_results(view: ResultsView) -> ResultsView:
    """Give the view the study, if this user may see its results now; else 403 and why not."""

    @for_researchers
    @never_cache
    @wraps(view)
    def gated(request: HttpRequest, pk: int, *, rehearsal: bool, **kwargs: Any) -> HttpResponseBase:
        study = get_object_or_404(Study, pk=pk)
        if why := why_hidden(study, request.user, rehearsal=rehearsal):
            page = {**admin.site.each_context(request), "title": "Results are hidden", "study": study, "why": why}
            return render(request, "analysis/hidden.html", page, status=403)
        return view(request, study, rehearsal, **kwargs)

    allowed: ResultsView = gated
    return allowed


def address(view: str, study: Study, rehearsal: bool, *rest: str) -> str:
    """Of one of these views, for a study's real votes or its rehearsal."""
    return reverse(f"rehearsal_{view}" if rehearsal else view, args=[study.pk, *rest])
