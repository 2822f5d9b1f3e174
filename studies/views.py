"""The voting pages: consent, trials with their images, thanks."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from studies import markdown
from studies.allocation import open_session
from studies.channels.base import channel_for
from studies.errors import NoPlaceLeft, TrialClosed
from studies.forms import ConsentForm, VoteForm
from studies.headers import worker_page
from studies.models import Session, Study, Trial, Worker


@worker_page
@require_http_methods(["GET", "HEAD", "POST"])
def study(request: HttpRequest, token: str) -> HttpResponse:
    """Instructions and consent; agreeing opens a session."""
    study = get_object_or_404(Study.objects.behind_link(token).exclude(state=Study.State.DRAFT))
    rehearsal = study.is_rehearsal_link(token)
    if not study.is_open:
        return _closed(request, rehearsal)
    channel = channel_for(rehearsal=rehearsal)
    channel_id = channel.channel_id(request)
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        response = _start(request, study, Worker.objects.known_as(channel.name, channel_id), rehearsal)
    else:
        response = _welcome(request, study, form, rehearsal)
    # From the first look on: a double click on Start is two first requests otherwise, and so two workers.
    channel.remember(response, channel_id)
    return response


@worker_page
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, token: str) -> HttpResponse:
    """One comparison and its questions."""
    trial = _trial_of_visitor(request, token)
    if trial.state == Trial.State.GIVEN_BACK:
        return _expired(request, trial.session)
    if trial.state == Trial.State.DONE:
        return redirect(_next_address(trial.session))
    if request.method == "POST":
        return _vote(request, trial)
    if not trial.session.study.is_open:
        return _closed(request, trial.session.rehearsal)
    trial.mark_shown(timezone.now())
    return _trial_page(request, trial, VoteForm(trial))


@worker_page
@require_safe
def image(request: HttpRequest, token: str, position: int) -> HttpResponse:
    """An image of a trial by its position from 1, to the trial's own worker only."""
    trial = _trial_of_visitor(request, token)
    images = trial.images()
    if trial.state == Trial.State.GIVEN_BACK or not 1 <= position <= len(images):
        raise Http404
    with images[position - 1].file.open() as file:
        return HttpResponse(file.read(), content_type="image/png")


@worker_page
@require_safe
def end(request: HttpRequest, token: str) -> HttpResponse:
    """Thanks, with the session's code."""
    session = get_object_or_404(Session, token=token)
    _refuse_others(request, session)
    if session.next_trial():
        return redirect(_next_address(session))
    if session.state == Session.State.ABANDONED:
        return _expired(request, session)
    completion = channel_for(rehearsal=session.rehearsal).completion(session)
    return render(request, "studies/thanks.html", {"completion": completion, "rehearsal": session.rehearsal})


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
    return redirect(_next_address(session))


def _vote(request: HttpRequest, trial: Trial) -> HttpResponse:
    form = VoteForm(trial, request.POST)
    if not form.is_valid():
        return _trial_page(request, trial, form, status=422)
    try:
        trial.record(form.votes(), timezone.now())
    except TrialClosed:
        return _expired(request, trial.session)
    return redirect(_next_address(trial.session))


def _trial_of_visitor(request: HttpRequest, token: str) -> Trial:
    trial = get_object_or_404(Trial.objects.select_related("session__study", "comparison__prompt", "place"), token=token)
    _refuse_others(request, trial.session)
    return trial


def _refuse_others(request: HttpRequest, session: Session) -> None:
    if channel_for(rehearsal=session.rehearsal).channel_id(request) != session.worker.channel_id:
        raise Http404


def _next_address(session: Session) -> str:
    trial = session.next_trial()
    return reverse("trial", args=[trial.token]) if trial else reverse("end", args=[session.token])


def _trial_page(request: HttpRequest, trial: Trial, form: VoteForm, status: int = 200) -> HttpResponse:
    session = trial.session
    following = session.trials.open().filter(number__gt=trial.number).first()
    page = {
        "form": form,
        "rehearsal": session.rehearsal,
        "number": trial.number,
        "total": session.progress.total,
        "prompt": trial.comparison.prompt.text,
        "note": markdown.render(trial.note, highest=2),
        "instructions": markdown.render(session.study.instructions),
        "images": _image_addresses(trial),
        "preload": _image_addresses(following) if following else [],
    }
    return render(request, "studies/trial.html", page, status=status)


def _image_addresses(trial: Trial) -> list[str]:
    return [reverse("image", args=[trial.token, position]) for position, _ in enumerate(trial.place.shown, start=1)]


def _closed(request: HttpRequest, rehearsal: bool) -> HttpResponse:
    return render(request, "studies/closed.html", {"rehearsal": rehearsal}, status=410)


def _expired(request: HttpRequest, session: Session) -> HttpResponse:
    link = session.study.rehearsal_link_path if session.rehearsal else session.study.link_path
    return render(request, "studies/expired.html", {"link": link, "rehearsal": session.rehearsal}, status=410)
