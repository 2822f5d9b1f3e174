"""A worker's own link: the way into a study, or back to a session, on any device."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from studies.channels.base import channel_for
from studies.headers import worker_page
from studies.models import PersonalLink, Session, Study
from studies.pages.visitor import next_address


@worker_page
@require_safe
def personal(_request: HttpRequest, token: str) -> HttpResponse:
    """Make this browser its worker's, and lead on to where the worker left off."""
    links = PersonalLink.objects.select_related("study", "worker").exclude(study__state=Study.State.DRAFT)
    link = get_object_or_404(links, token=token)
    response = redirect(_where_to_go_on(link))
    channel_for(rehearsal=link.rehearsal).remember(response, link.channel_id)
    return response


def _where_to_go_on(link: PersonalLink) -> str:
    """The worker's last session; the entrance if there is none, or if its time ran out."""
    sessions = Session.objects.of(link.study, rehearsal=link.rehearsal).filter(worker=link.worker)
    session = sessions.exclude(state=Session.State.ABANDONED).order_by("-started_at").first()
    if session is None:
        return link.study.rehearsal_link_path if link.rehearsal else link.study.link_path
    if session.state == Session.State.OPEN:
        return next_address(session)
    return reverse("end", args=[session.token])
