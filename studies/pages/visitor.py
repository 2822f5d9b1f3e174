"""Who looks at a page, and where the visitor goes from there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from studies.channels.base import Channel, NotIdentified, TurnedAway, channel_named
from studies.headers import speak_for
from studies.models import Exclusion, Link, Session, Study, Trial, Worker
from studies.pages.design import design_of


def session_of_visitor(request: HttpRequest, token: str) -> Session:
    """The session with that token. Raises Http404 for anybody but its own worker."""
    session = get_object_or_404(Session.objects.select_related("study", "worker"), token=token)
    refuse_others(request, session.worker)
    speak_for(session.study)
    return session


def trial_of_visitor(request: HttpRequest, token: str) -> Trial:
    """The trial with that token. Raises Http404 for anybody but its own worker."""
    related = ("session__study", "session__worker", "comparison__prompt")
    trial = get_object_or_404(Trial.objects.select_related(*related), token=token)
    refuse_others(request, trial.session.worker)
    speak_for(trial.session.study)
    return trial


def refuse_others(request: HttpRequest, worker: Worker) -> None:
    """Raise Http404 for anybody but that worker."""
    try:
        channel_id = channel_named(worker.channel).channel_id(request)
    except NotIdentified as error:
        raise Http404 from error
    if not worker.is_called(channel_id):
        raise Http404


def channel_of(session: Session) -> Channel:
    """The channel that the session's worker came by."""
    return channel_named(session.worker.channel)


def next_address(session: Session) -> str:
    """Where the session goes on: the first trial that waits for an answer, else its end; before any trial the quiz."""
    token = session.trials.open().order_by("number").values_list("token", flat=True).first()
    if token is None:
        return reverse("end", args=[session.token])
    # Nobody learns the address of a trial in another way, so no trial can be seen before the quiz is passed.
    waits_for_quiz = session.quiz_passed_at is None and design_of(session.study).has_quiz
    return reverse("quiz", args=[session.token]) if waits_for_quiz else reverse("trial", args=[token])


def closed(request: HttpRequest, study: Study, channel: Channel, visit: str, *, rehearsal: bool) -> HttpResponse:
    """The study takes no votes now: for a while, or for good. A worker who cannot wait goes back to where the channel says."""
    page = {"rehearsal": rehearsal, "completion": channel.turned_away(study, TurnedAway.FULL, visit)}
    if study.state == Study.State.PAUSED:
        return render(request, "studies/paused.html", page, status=409)
    return render(request, "studies/closed.html", page, status=410)


def gone(request: HttpRequest, trial: Trial) -> HttpResponse:
    """What follows a trial that is the worker's no more: the next one, unless the whole session went."""
    if trial.session.state in (Session.State.ABANDONED, Session.State.WITHDRAWN):
        return expired(request, trial.session)
    return redirect(next_address(trial.session))


def expired(request: HttpRequest, session: Session) -> HttpResponse:
    """The session's places went to somebody else: its time ran out, or the worker withdrew or was excluded."""
    if session.state == Session.State.WITHDRAWN:
        return redirect("end", session.token)
    if Exclusion.objects.in_force().filter(study=session.study, worker=session.worker).exists():
        page = {
            "reason": _("This study takes no answers at present. Thank you for your interest."),
            "rehearsal": session.rehearsal,
            "completion": channel_of(session).turned_away(session.study, TurnedAway.SCREENED_OUT, session.visit),
        }
        return render(request, "studies/full.html", page, status=410)
    return render(request, "studies/expired.html", {"link": _way_back(session), "rehearsal": session.rehearsal}, status=410)


def _way_back(session: Session) -> str:
    """The link by which the worker can start anew."""
    if link := Link.objects.filter(study=session.study, channel=session.worker.channel).first():
        return link.address
    return session.study.rehearsal_link_path if session.rehearsal else session.study.link_path
