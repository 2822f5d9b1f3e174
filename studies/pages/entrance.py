"""The way in: instructions and consent; agreeing opens a session."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from studies import markdown
from studies.allocation import open_session
from studies.channels.base import channel_for
from studies.errors import NoPlaceLeft
from studies.forms import ConsentForm
from studies.headers import worker_page
from studies.models import Study, Worker
from studies.pages.visitor import closed, next_address
from studies.rate_limit import SESSIONS


@worker_page
@require_http_methods(["GET", "HEAD", "POST"])
def study(request: HttpRequest, token: str) -> HttpResponse:
    """Instructions and consent; agreeing opens a session."""
    study = get_object_or_404(Study.objects.behind_link(token).exclude(state=Study.State.DRAFT))
    rehearsal = study.is_rehearsal_link(token)
    if not study.is_open:
        return closed(request, rehearsal=rehearsal)
    channel = channel_for(rehearsal=rehearsal)
    channel_id = channel.channel_id(request)
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        response = _refusal(request, rehearsal) or _start(
            request, study, Worker.objects.known_as(channel.name, channel_id), rehearsal
        )
    else:
        response = _welcome(request, study, form, rehearsal)
    # From the first look on: a double click on Start is two first requests otherwise, and so two workers.
    channel.remember(response, channel_id)
    return response


def _refusal(request: HttpRequest, rehearsal: bool) -> HttpResponse | None:
    return None if rehearsal else SESSIONS.attempt(request, timezone.now())


def _welcome(request: HttpRequest, study: Study, form: ConsentForm, rehearsal: bool) -> HttpResponse:
    page = {
        "form": form,
        "rehearsal": rehearsal,
        "trials": study.trials_per_session,
        "instructions": markdown.render(study.instructions),
        "consent": markdown.render(study.consent),
    }
    return render(request, "studies/welcome.html", page, status=422 if form.is_bound else 200)


def _start(request: HttpRequest, study: Study, worker: Worker, rehearsal: bool) -> HttpResponse:
    try:
        session = open_session(study, worker, rehearsal=rehearsal, now=timezone.now())
    except NoPlaceLeft as reason:
        return render(request, "studies/full.html", {"reason": reason, "rehearsal": rehearsal}, status=410)
    return redirect(next_address(session))
