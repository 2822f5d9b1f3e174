"""The way in: instructions, consent and what else the study asks; agreeing opens a session."""

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from studies import markdown
from studies.allocation import open_session
from studies.channels.base import NotIdentified, TurnedAway
from studies.channels.way_in import WayIn, way_in
from studies.errors import NoPlaceLeft, NotWelcome
from studies.headers import speak_for, worker_page
from studies.models import PersonalLink, Session, Study, Worker
from studies.pages.design import design_of
from studies.pages.entrance_form import EntranceForm
from studies.pages.visitor import closed, next_address
from studies.rate_limit import SESSIONS


@worker_page
@require_http_methods(["GET", "HEAD", "POST"])
def study(request: HttpRequest, token: str) -> HttpResponse:
    """Instructions and consent; agreeing opens a session."""
    way = way_in(token)
    speak_for(way.study)
    try:
        channel_id = way.channel.channel_id(request)
    except NotIdentified as reason:
        return render(request, "studies/full.html", {"reason": reason, "rehearsal": way.rehearsal}, status=400)
    response = _answer(request, way, channel_id)
    # From the first look on: a double click on Start is two first requests otherwise, and so two workers.
    way.channel.remember(response, channel_id)
    return response


def _answer(request: HttpRequest, way: WayIn, channel_id: str) -> HttpResponse:
    """The page, or where the visitor goes from it."""
    if known := _session_of_visit(request, way, channel_id):
        return redirect(next_address(known))
    if not way.study.is_open:
        return closed(request, way.study, way.channel, way.channel.visit(request), rehearsal=way.rehearsal)
    if way.study.invited_only and way.channel.name == "local" and not _is_invited(way, channel_id):
        return render(request, "studies/invited_only.html", status=403)
    form = EntranceForm(way.study, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _welcome(request, way, form)
    return _refusal(request, way.rehearsal) or _start(request, way, channel_id, form)


def _session_of_visit(request: HttpRequest, way: WayIn, channel_id: str) -> Session | None:
    """The session of a sitting that the channel tells from others, where it has begun: whoever comes back goes on with it."""
    visit = way.channel.visit(request)
    if not visit:
        return None
    sessions = Session.objects.of(way.study, rehearsal=way.rehearsal).filter(visit=visit)
    worker = Worker.objects.called(way.channel.name, channel_id)
    return sessions.filter(worker__in=worker).exclude(state=Session.State.ABANDONED).order_by("-started_at").first()


def _is_invited(way: WayIn, channel_id: str) -> bool:
    worker = Worker.objects.called(way.channel.name, channel_id).first()
    return worker is not None and PersonalLink.objects.filter(study=way.study, worker=worker, rehearsal=False).exists()


def _refusal(request: HttpRequest, rehearsal: bool) -> HttpResponse | None:
    """What is said to a network that has opened too many sessions; whoever rehearses may open as many as it takes."""
    return None if rehearsal else SESSIONS.attempt(request, timezone.now())


def _welcome(request: HttpRequest, way: WayIn, form: EntranceForm) -> HttpResponse:
    study = way.study
    design, sets = design_of(study), _sets(study)
    page = {
        "form": form,
        "rehearsal": way.rehearsal,
        "screen_out": way.channel.turned_away(study, TurnedAway.SCREENED_OUT, way.channel.visit(request)),
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


def _start(request: HttpRequest, way: WayIn, channel_id: str, form: EntranceForm) -> HttpResponse:
    channel, visit = way.channel, way.channel.visit(request)
    worker = Worker.objects.known_as(channel.name, channel_id, plain_id=channel_id if channel.keeps_plain_ids else "")
    try:
        session = open_session(way.study, worker, rehearsal=way.rehearsal, now=timezone.now(), visit=visit)
    except NoPlaceLeft as reason:
        return _turned_away(request, way, reason)
    if channel.gives_personal_links:
        PersonalLink.objects.of(way.study, worker, channel_id, rehearsal=way.rehearsal)
    if told := form.demographics():
        session.demographics = told
        session.save(update_fields=["demographics"])
    return redirect(next_address(session))


def _turned_away(request: HttpRequest, way: WayIn, reason: NoPlaceLeft) -> HttpResponse:
    """Why there is nothing to answer, and the way back to where the worker came from."""
    why = TurnedAway.SCREENED_OUT if isinstance(reason, NotWelcome) else TurnedAway.FULL
    page = {
        "reason": reason,
        "rehearsal": way.rehearsal,
        "completion": way.channel.turned_away(way.study, why, way.channel.visit(request)),
        "may_come_later": why == TurnedAway.FULL,
    }
    return render(request, "studies/full.html", page, status=410)
