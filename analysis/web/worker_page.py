"""One worker of a study: sessions, flags, and the decision whether the votes count."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from analysis.web.gate import for_researchers
from studies.errors import ImpossibleDecision
from studies.exclusion import LONGEST_REASON, exclude, reinstate
from studies.models import Study, Trial, Worker
from studies.roles import DECIDE_EXCLUSIONS


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Reason, as the votes file will give it",
        max_length=LONGEST_REASON,
        error_messages={"required": "Say why: the reason stays with the votes."},
        widget=forms.TextInput(attrs={"size": 60}),
    )


@for_researchers
@require_safe
def worker(request: HttpRequest, pk: int, pseudonym: str) -> HttpResponse:
    """What is known of one worker of a study."""
    study, found = _found(pk, pseudonym)
    return render(request, "analysis/worker.html", _page(request, study, found, ReasonForm()))


@for_researchers
@require_POST
def exclude_worker(request: HttpRequest, pk: int, pseudonym: str) -> HttpResponse:
    """Count this worker's votes no more; without a reason the page comes back with what is missing."""
    _require_decider(request)
    study, found = _found(pk, pseudonym)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "analysis/worker.html", _page(request, study, found, form), status=422)
    try:
        who, reason = request.user.get_username(), form.cleaned_data["reason"]
        messages.success(request, exclude(study, found, reason, who, timezone.now()))
    except ImpossibleDecision as error:
        messages.error(request, str(error))
    return redirect("live_worker", pk, pseudonym)


@for_researchers
@require_POST
def reinstate_worker(request: HttpRequest, pk: int, pseudonym: str) -> HttpResponse:
    """Count this worker's votes again."""
    _require_decider(request)
    study, found = _found(pk, pseudonym)
    try:
        messages.success(request, reinstate(study, found, request.user.get_username(), timezone.now()))
    except ImpossibleDecision as error:
        messages.error(request, str(error))
    return redirect("live_worker", pk, pseudonym)


def _require_decider(request: HttpRequest) -> None:
    if not request.user.has_perm(DECIDE_EXCLUSIONS):
        raise PermissionDenied("Your role does not decide on exclusions. Ask whoever gives out roles.")


def _found(pk: int, pseudonym: str) -> tuple[Study, Worker]:
    """The study and a worker who came to it."""
    study = get_object_or_404(Study, pk=pk)
    return study, get_object_or_404(Worker.objects.filter(sessions__study=study).distinct(), pseudonym=pseudonym)


def _page(request: HttpRequest, study: Study, found: Worker, form: ReasonForm) -> dict[str, Any]:
    done = Count("trials", filter=Q(trials__state=Trial.State.DONE))
    exclusions = list(found.exclusions.filter(study=study).order_by("-at"))
    return {
        **admin.site.each_context(request),
        "title": f"Worker {found}",
        "study": study,
        "worker": found,
        "sessions": found.sessions.filter(study=study).annotate(done=done).order_by("started_at"),
        "flags": found.flags.filter(study=study).order_by("rule"),
        "exclusions": exclusions,
        "is_excluded": any(exclusion.lifted_at is None for exclusion in exclusions),
        "may_decide": request.user.has_perm(DECIDE_EXCLUSIONS),
        "form": form,
    }
