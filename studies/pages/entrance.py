"""The way in: instructions, consent and what else the study asks; agreeing opens a session."""

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from studies import markdown
from studies.allocation import open_session
from studies.channels.base import channel_for
from studies.errors import NoPlaceLeft, NotWelcome
from studies.headers import worker_page
from studies.models import PersonalLink, Study, Worker
from studies.pages.design import design_of
from studies.pages.entrance_form import EntranceForm
from studies.pages.visitor import closed, next_address
from studies.rate_limit import SESSIONS


@worker_page
@require_http_methods(["GET", "HEAD", "POST"])
def study(request: HttpRequest, token: str) -> HttpResponse:
    """Instructions and consent; agreeing opens a session."""
    study = get_object_or_404(Study.objects.behind_link(token).exclude(state=Study.State.DRAFT))
    translation.activate(study.language)
    rehearsal = study.is_rehearsal_link(token)
    if not study.is_open:
        return closed(request, study, rehearsal=rehearsal)
    channel = channel_for(rehearsal=rehearsal)
    channel_id = channel.channel_id(request)
    if study.invited_only and not rehearsal and not _is_invited(study, channel.name, channel_id):
        return render(request, "studies/invited_only.html", status=403)
    form = EntranceForm(study, request.POST if request.method == "POST" else None)
    if form.is_valid():
        response = _refusal(request, rehearsal) or _start(request, study, channel_id, form, rehearsal)
    else:
        response = _welcome(request, study, form, rehearsal)
    # From the first look on: a double click on Start is two first requests otherwise, and so two workers.
    channel.remember(response, channel_id)
    return response


def _is_invited(study: Study, channel_name: str, channel_id: str) -> bool:
    worker = Worker.objects.called(channel_name, channel_id).first()
    return worker is not None and PersonalLink.objects.filter(study=study, worker=worker, rehearsal=False).exists()


def _refusal(request: HttpRequest, rehearsal: bool) -> HttpResponse | None:
    """What is said to a network that has opened too many sessions; whoever rehearses may open as many as it takes."""
    return None if rehearsal else SESSIONS.attempt(request, timezone.now())


def _welcome(request: HttpRequest, study: Study, form: EntranceForm, rehearsal: bool) -> HttpResponse:
    design, sets = design_of(study), _sets(study)
    page = {
        "form": form,
        "rehearsal": rehearsal,
        "study": study,
        "sets": sets,
        "minutes": math.ceil((study.practice_trials + sets) * study.expected_seconds / 60),
        "instructions": design.instructions,
        "examples": design.examples,
        "consent": markdown.render(study.consent),
    }
    template = "studies/welcome_to_describe.html" if study.is_captioning else "studies/welcome.html"
    return render(request, template, page, status=422 if form.is_bound else 200)


def _sets(study: Study) -> int:
    """How many sets of images a whole session shows after the practice; checks are like all others."""
    plan, real = study.quality, study.trials_per_session
    return real + plan.gold_trials(real) + plan.repeats(real) + plan.attention_checks(real)


def _start(request: HttpRequest, study: Study, channel_id: str, form: EntranceForm, rehearsal: bool) -> HttpResponse:
    worker = Worker.objects.known_as(channel_for(rehearsal=rehearsal).name, channel_id)
    try:
        session = open_session(study, worker, rehearsal=rehearsal, now=timezone.now())
    except NoPlaceLeft as reason:
        page = {"reason": reason, "rehearsal": rehearsal, "may_come_later": not isinstance(reason, NotWelcome)}
        return render(request, "studies/full.html", page, status=410)
    PersonalLink.objects.of(study, worker, channel_id, rehearsal=rehearsal)
    if told := form.demographics():
        session.demographics = told
        session.save(update_fields=["demographics"])
    return redirect(next_address(session))
