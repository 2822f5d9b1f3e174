"""The live page of a study: how it goes, and with whom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analysis.web import least_filled, workers
from analysis.web.gate import for_researchers, why_hidden
from analysis.web.heads import heads_of, order_of
from analysis.web.pace import pace_of
from analysis.web.progress import progress_of, whole_of
from analysis.web.shares import cells_of
from analysis.web.sittings import sittings_of
from studies.models import Study
from studies.roles import DECIDE_EXCLUSIONS

REFRESH_SECONDS = 30
WORKERS_ON_A_PAGE = 50


@dataclass(frozen=True)
class Asked:
    """A study's live page that somebody asks for. query: how its tables are sorted and paged."""

    study: Study
    rehearsal: bool
    query: QueryDict
    user: Any
    now: datetime

    @property
    def why_hidden(self) -> str:
        return why_hidden(self.study, self.user, rehearsal=self.rehearsal)


@dataclass(frozen=True)
class Part:
    """A part of the page, which can be read by itself: of a large study each takes its time."""

    name: str
    title: str
    context: Callable[[Asked], dict[str, Any]]

    @property
    def template(self) -> str:
        return f"analysis/live/{self.name}.html"


@for_researchers
@require_safe
def live(request: HttpRequest, pk: int, *, rehearsal: bool) -> HttpResponse:
    """A study's progress, pace, workers and what they say; its shares once they may be seen.

    The page comes with its parts empty, and a script reads them one by one: `?part=` is one of them alone, `?whole` the page
    with all of them.
    """
    study, query = get_object_or_404(Study, pk=pk), request.GET.copy()
    name = query.pop("part", [""])[-1]
    asked = Asked(study, rehearsal, query, request.user, timezone.now())
    page = {"study": study, "rehearsal": rehearsal, "now": asked.now, "refresh_seconds": REFRESH_SECONDS}
    if name in PARTS and not study.is_draft:
        part = PARTS[name]
        context = {**page, "part": part, "is_apart": True, **part.context(asked)}
        return render(request, part.template, context)
    is_whole = "whole" in query
    page |= {"parts": PARTS.values(), "is_whole": is_whole, "title": f"{study}: rehearsal" if rehearsal else f"{study}: live"}
    if is_whole and not study.is_draft:
        for part in PARTS.values():
            page |= part.context(asked)
    return render(request, "analysis/live.html", {**admin.site.each_context(request), **page})


def _progress(asked: Asked) -> dict[str, Any]:
    return {"progress": progress_of(asked.study, rehearsal=asked.rehearsal)}


def _least_filled(asked: Asked) -> dict[str, Any]:
    order = order_of(asked.query, "comparisons", dict(least_filled.COLUMNS), "votes")
    return {
        "least": least_filled.least_filled(asked.study, asked.study.votes_wanted, order, rehearsal=asked.rehearsal),
        "least_heads": heads_of(asked.query, "comparisons", least_filled.COLUMNS, order),
        "listed_comparisons": least_filled.LISTED,
        "names_shown": asked.study.design != Study.Design.TOGETHER,
    }


def _pace(asked: Asked) -> dict[str, Any]:
    whole = whole_of(asked.study, rehearsal=asked.rehearsal)
    missing, goal = whole.missing, whole.total
    pace = pace_of(asked.study, asked.now, missing=missing, goal=goal, rehearsal=asked.rehearsal)
    return {"pace": pace, "missing": missing}


def _shares(asked: Asked) -> dict[str, Any]:
    why = asked.why_hidden
    return {"why_hidden": why, "cells": [] if why else cells_of(asked.study, rehearsal=asked.rehearsal)}


def _workers(asked: Asked) -> dict[str, Any]:
    columns = workers.columns(asked.why_hidden)
    order = order_of(asked.query, "workers", dict(columns), "name")
    people = workers.People(asked.study, rehearsal=asked.rehearsal)
    page = Paginator(people.in_order(order), WORKERS_ON_A_PAGE).get_page(asked.query.get("page"))
    return {
        "workers": page,
        "rows": people.rows(list(page)),
        "worker_heads": heads_of(asked.query, "workers", columns, order),
        "sittings": sittings_of(asked.study, rehearsal=asked.rehearsal),
        "excluded": people.excluded,
        "why_hidden": asked.why_hidden,
        "may_decide": asked.user.has_perm(DECIDE_EXCLUSIONS),
    }


def _sittings(asked: Asked) -> dict[str, Any]:
    return {"sittings": sittings_of(asked.study, rehearsal=asked.rehearsal)}


PARTS = {
    part.name: part
    for part in (
        Part("progress", "Progress", _progress),
        Part("least_filled", "Comparisons that lack votes or have reports", _least_filled),
        Part("pace", "Votes per hour", _pace),
        Part("shares", "Shares of votes", _shares),
        Part("workers", "Workers", _workers),
        Part("sittings", "What workers say", _sittings),
    )
}
