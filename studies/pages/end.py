"""The end: thanks with the session's code and room for a comment, or goodbye to who withdrew."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from studies.channels.base import TurnedAway
from studies.headers import worker_page
from studies.models import Session, Study, Trial
from studies.pages.comment_form import CommentForm
from studies.pages.visitor import channel_of, expired, next_address, session_of_visitor


@worker_page
@require_safe
def end(request: HttpRequest, token: str) -> HttpResponse:
    """Thanks, with the session's code; who has not finished is led back, or told why not."""
    session = session_of_visitor(request, token)
    return _not_finished(request, session) or _thanks(request, session, CommentForm(initial={"comment": session.comment}))


@worker_page
@require_POST
def comment(request: HttpRequest, token: str) -> HttpResponse:
    """Save the comment of a finished session; it can be changed as often as the worker likes."""
    session = session_of_visitor(request, token)
    if answer := _not_finished(request, session):
        return answer
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _thanks(request, session, form, status=422)
    session.comment = form.cleaned_data["comment"]
    session.save(update_fields=["comment"])
    return redirect(reverse("end", args=[session.token]))


def _thanks(request: HttpRequest, session: Session, form: CommentForm, status: int = 200) -> HttpResponse:
    page = {
        "form": form,
        "session": session,
        "rehearsal": session.rehearsal,
        "completion": channel_of(session).completion(session),
    }
    return render(request, "studies/thanks.html", page, status=status)


def _not_finished(request: HttpRequest, session: Session) -> HttpResponse | None:
    """What a worker is told instead of thanks, if the session was withdrawn, ran out of time or still waits for answers."""
    if session.state == Session.State.WITHDRAWN:
        left = Trial.objects.of(session.study, rehearsal=session.rehearsal).filter(worker=session.worker).done()
        page = {
            "rehearsal": session.rehearsal,
            "deleted": session.study.withdrawal == Study.Withdrawal.DELETE,
            "stays": left.exists(),  # captions that images are drawn with
            "completion": channel_of(session).turned_away(session.study, TurnedAway.SCREENED_OUT, session.visit),
        }
        return render(request, "studies/withdrawn.html", page)
    if session.state == Session.State.ABANDONED:
        return expired(request, session)
    return redirect(next_address(session)) if session.next_trial() else None
