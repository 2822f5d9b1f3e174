"""What people say of the images of a captioning study, for a researcher to accept or reject."""

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone

from generation.tasks import advance
from studies.admin.pages import render_page, study_page
from studies.captions import accept, counts, reject
from studies.errors import StudyError
from studies.models import LogLine, Study, WorkerCaption
from studies.roles import RUN_STUDY

ON_A_PAGE = 50
RELATED = ("trial__session__study", "trial__worker", "trial__comparison__prompt__prompt_set")
DECISIONS = [("", "All"), *WorkerCaption.Decision.choices]


@study_page(RUN_STUDY)
def captions(request: HttpRequest, study: Study) -> HttpResponse:
    """The captions with their images; those that wait for a decision first asked for."""
    if request.method == "POST":
        return _decide(request, study)
    rehearsal, decision = "rehearsal" in request.GET, request.GET.get("decision", WorkerCaption.Decision.PENDING)
    found = WorkerCaption.objects.of(study, rehearsal=rehearsal).select_related(*RELATED)
    if decision in WorkerCaption.Decision.values:
        found = found.filter(decision=decision)
    shown = Paginator(found.prefetch_related("trial__comparison__images"), ON_A_PAGE).get_page(request.GET.get("page"))
    page = {
        "title": f"Captions of “{study}”" + (", rehearsal" if rehearsal else ""),
        "captions": shown,
        "rehearsal": rehearsal,
        "decision": decision,
        "decisions": DECISIONS,
        "query": f"{'rehearsal&' if rehearsal else ''}decision={decision}&",
        "counts": counts(study, rehearsal=rehearsal),
    }
    return render_page(request, study, "captions", page)


def _decide(request: HttpRequest, study: Study) -> HttpResponse:
    """Accept or reject what is ticked, in the user's name, and tell what came of it."""
    who, now = request.user.get_username(), timezone.now()
    ticked = WorkerCaption.objects.filter(trial__session__study=study, pk__in=request.POST.getlist("caption"))
    chosen = list(ticked.select_related(*RELATED).order_by("trial__answered_at", "pk"))
    try:
        with transaction.atomic():
            said = _rejected(chosen, who, now) if "reject" in request.POST else accept(chosen, who, now).said
            LogLine.objects.add(study, who, "captions", said, now)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
        advance()  # images that waited for these captions
    return redirect(request.get_full_path())


def _rejected(chosen: list[WorkerCaption], who: str, now: datetime) -> str:
    return f"Rejected: {reject(chosen, who, now)}. Other workers are asked instead."


URLS: list[URLPattern] = [path("<int:pk>/captions/", captions, name="study_captions")]
