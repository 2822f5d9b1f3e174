"""Pages about one posting, and what all pages about Mechanical Turk show."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from studies.admin.pages import VIEW_STUDY, require
from studies.channels.mturk.environments import CLOSURE, TITLES
from studies.channels.mturk.models import Posting
from studies.models import Study
from studies.roles import RUN_STUDY

ON_A_PAGE = 50
PostingView = Callable[[HttpRequest, Posting], HttpResponseBase]


def posting_page(view: PostingView) -> Callable[..., HttpResponseBase]:
    """Make a view of a posting a page of the admin, for those who run studies."""

    @wraps(view)
    def page(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
        require(request, VIEW_STUDY)
        require(request, RUN_STUDY)
        return view(request, get_object_or_404(Posting.objects.select_related("study"), study=pk, pk=number))

    return admin.site.admin_view(page)


def render_mturk(request: HttpRequest, study: Study, name: str, page: dict[str, Any]) -> HttpResponse:
    """One of the templates of this channel; each says what Amazon announced."""
    context = {**admin.site.each_context(request), "study": study, "opts": Study._meta, "closure": CLOSURE, **page}
    return render(request, f"admin/mturk/{name}.html", context)


def render_posting(request: HttpRequest, posting: Posting, name: str, page: dict[str, Any]) -> HttpResponse:
    """A page about a posting, under the banner of its environment."""
    shown = {"posting": posting, "environment": TITLES[posting.environment_name], **page}
    return render_mturk(request, posting.study, name, shown)


def who(request: HttpRequest) -> str:
    """In whose name something is done."""
    return request.user.get_username()
