"""Leaving: for now, with the link that leads back, or for good."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from studies.headers import worker_page
from studies.models import PersonalLink, Session, Study
from studies.pages.visitor import channel_of, session_of_visitor


@worker_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """What leaving means; a POST withdraws the worker from the study, whether the session is finished or not."""
    session = session_of_visitor(request, token)
    end = reverse("end", args=[session.token])
    if session.state == Session.State.WITHDRAWN:
        return redirect(end)
    if request.method == "POST":
        session.withdraw(timezone.now())
        return redirect(end)
    page = {
        "session": session,
        "rehearsal": session.rehearsal,
        "link": _personal_link(request, session),
        "describes": session.study.is_captioning,
        "deletes": session.study.withdrawal == Study.Withdrawal.DELETE,
    }
    return render(request, "studies/withdraw.html", page)


def _personal_link(request: HttpRequest, session: Session) -> PersonalLink | None:
    """The worker's way back from any device, where the channel does not have one of its own."""
    channel = channel_of(session)
    if not channel.gives_personal_links:
        return None
    channel_id = channel.channel_id(request)
    return PersonalLink.objects.of(session.study, session.worker, channel_id, rehearsal=session.rehearsal)
