"""Thanks, with the session's code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from studies.channels.base import channel_for
from studies.headers import worker_page
from studies.models import Session
from studies.pages.visitor import expired, next_address, session_of_visitor


@worker_page
@require_safe
def end(request: HttpRequest, token: str) -> HttpResponse:
    """Thanks, with the session's code."""
    session = session_of_visitor(request, token)
    if session.next_trial():
        return redirect(next_address(session))
    if session.state == Session.State.ABANDONED:
        return expired(request, session)
    completion = channel_for(rehearsal=session.rehearsal).completion(session)
    return render(request, "studies/thanks.html", {"completion": completion, "rehearsal": session.rehearsal})
