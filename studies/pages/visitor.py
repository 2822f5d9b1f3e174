"""Who looks at a page, and where the visitor goes from there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from studies.channels.base import channel_for
from studies.models import Session, Trial


def session_of_visitor(request: HttpRequest, token: str) -> Session:
    """The session with that token. Raises Http404 for anybody but its own worker."""
    session = get_object_or_404(Session.objects.select_related("study", "worker"), token=token)
    _refuse_others(request, session)
    return session


def trial_of_visitor(request: HttpRequest, token: str) -> Trial:
    """The trial with that token. Raises Http404 for anybody but its own worker."""
    related = ("session__study", "session__worker", "comparison__prompt")
    trial = get_object_or_404(Trial.objects.select_related(*related), token=token)
    _refuse_others(request, trial.session)
    return trial


def _refuse_others(request: HttpRequest, session: Session) -> None:
    if not session.worker.is_called(channel_for(rehearsal=session.rehearsal).channel_id(request)):
        raise Http404


def next_address(session: Session) -> str:
    """Where the session goes on: the first trial that waits for an answer, else its end."""
    trial = session.next_trial()
    return reverse("trial", args=[trial.token]) if trial else reverse("end", args=[session.token])


def closed(request: HttpRequest, *, rehearsal: bool) -> HttpResponse:
    """The study takes no votes now."""
    return render(request, "studies/closed.html", {"rehearsal": rehearsal}, status=410)


def expired(request: HttpRequest, session: Session) -> HttpResponse:
    """The session's places went to somebody else."""
    link = session.study.rehearsal_link_path if session.rehearsal else session.study.link_path
    return render(request, "studies/expired.html", {"link": link, "rehearsal": session.rehearsal}, status=410)
