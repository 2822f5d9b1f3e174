"""What all Prolific pages of a study share: which attempt they are about, and how what was done is told."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from studies.admin.pages import study_page
from studies.channels.prolific.models import ProlificStudy
from studies.errors import StudyError
from studies.models import Study
from studies.roles import RUN_STUDY

Done = str | list[str]
Press = Callable[[HttpRequest, ProlificStudy, str, datetime], Done]


def attempt_of(request: HttpRequest, study: Study) -> ProlificStudy:
    """The attempt that the address or the form names, else the latest. Raises Http404 without one."""
    named = request.POST.get("attempt") or request.GET.get("attempt") or ""
    rows = ProlificStudy.objects.filter(study=study).select_related("study").order_by("-attempt")
    return get_object_or_404(rows.filter(attempt=int(named)) if named.isdecimal() else rows[:1])


def address_of(row: ProlificStudy) -> str:
    """The page of that attempt."""
    return f"{reverse('admin:study_prolific', args=[row.study_id])}?attempt={row.attempt}"


def button(press: Press) -> Callable[..., HttpResponseBase]:
    """A POST that does one thing in the user's name; what was done, or why not, is told on the attempt's page."""

    @require_POST
    @study_page(RUN_STUDY)
    @wraps(press)
    def page(request: HttpRequest, study: Study) -> HttpResponse:
        row = attempt_of(request, study)
        try:
            done = press(request, row, request.user.get_username(), timezone.now())
        except StudyError as error:
            messages.error(request, str(error))
        else:
            for sentence in [done] if isinstance(done, str) else done:
                messages.success(request, sentence)
        return redirect(address_of(row))

    return page


def render_page(request: HttpRequest, study: Study, name: str, page: dict[str, Any]) -> HttpResponse:
    """One of this channel's templates, with what every page of the admin needs."""
    context = {**admin.site.each_context(request), "study": study, "opts": Study._meta, **page}
    return render(request, f"prolific/{name}.html", context)
