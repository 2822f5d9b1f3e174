"""The live page of a study: how it goes, and with whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analysis.web import least_filled, workers
from analysis.web.gate import for_researchers, why_hidden
from analysis.web.heads import heads_of, order_of
from analysis.web.pace import pace_of
from analysis.web.progress import progress_of
from analysis.web.shares import cells_of
from analysis.web.sittings import sittings_of
from studies.models import Study
from studies.roles import DECIDE_EXCLUSIONS

REFRESH_SECONDS = 30
WORKERS_ON_A_PAGE = 50


@for_researchers
@require_safe
def live(request: HttpRequest, pk: int, *, rehearsal: bool) -> HttpResponse:
    """A study's progress, pace, workers and what they say; its shares once they may be seen."""
    study = get_object_or_404(Study, pk=pk)
    now = timezone.now()
    page = {"study": study, "rehearsal": rehearsal, "now": now, "refresh_seconds": REFRESH_SECONDS}
    if not study.is_draft:
        page |= _progress(request, study, rehearsal, now)
        why = why_hidden(study, request.user, rehearsal=rehearsal)
        page |= {"why_hidden": why, **_people(request, study, rehearsal, workers.columns(why))}
        page |= {} if why else {"cells": cells_of(study, rehearsal=rehearsal)}
    title = f"{study}: rehearsal" if rehearsal else f"{study}: live"
    return render(request, "analysis/live.html", {**admin.site.each_context(request), "title": title, **page})


def _progress(request: HttpRequest, study: Study, rehearsal: bool, now: datetime) -> dict[str, Any]:
    progress = progress_of(study, rehearsal=rehearsal)
    order = order_of(request.GET, "comparisons", dict(least_filled.COLUMNS), "votes")
    return {
        "progress": progress,
        "pace": pace_of(study, now, missing=progress.missing, goal=progress.total, rehearsal=rehearsal),
        "least": least_filled.least_filled(study, progress, order, rehearsal=rehearsal),
        "least_heads": heads_of(request.GET, "comparisons", least_filled.COLUMNS, order),
        "listed_comparisons": least_filled.LISTED,
        "names_shown": study.design != Study.Design.TOGETHER,
    }


def _people(request: HttpRequest, study: Study, rehearsal: bool, columns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    order = order_of(request.GET, "workers", dict(columns), "name")
    rows = workers.sorted_by(workers.workers_of(study, rehearsal=rehearsal), order)
    return {
        "workers": Paginator(rows, WORKERS_ON_A_PAGE).get_page(request.GET.get("page")),
        "worker_heads": heads_of(request.GET, "workers", columns, order),
        "sittings": sittings_of(study, rehearsal=rehearsal),
        "excluded": sum(row.exclusion is not None for row in rows),
        "may_decide": request.user.has_perm(DECIDE_EXCLUSIONS),
    }
