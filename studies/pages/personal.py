"""A worker's own link: the way into a study, or back to a session, on any device."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from studies.channels.base import channel_named
from studies.headers import speak_for, worker_page
from studies.models import PersonalLink, Session, Study, Worker
from studies.pages.visitor import next_address


@worker_page
@require_http_methods(["GET", "HEAD", "POST"])
def personal(request: HttpRequest, token: str) -> HttpResponse:
    """Make this browser its worker's, and lead on to where the worker left off.

    A browser in the middle of another worker's session is asked first: it would lose the way back to it.
    """
    links = PersonalLink.objects.select_related("study", "worker").exclude(study__state=Study.State.DRAFT)
    link = get_object_or_404(links, token=token)
    speak_for(link.study)
    if request.method != "POST" and _is_in_the_middle_of_another(request, link):
        return render(request, "studies/personal.html", {"rehearsal": link.rehearsal}, status=409)
    response = redirect(_where_to_go_on(link))
    channel_named(link.worker.channel).remember(response, link.channel_id)
    return response


def _is_in_the_middle_of_another(request: HttpRequest, link: PersonalLink) -> bool:
    """Whether this browser is another worker's, who has an open session in any study."""
    channel = channel_named(link.worker.channel)
    others = Worker.objects.called(channel.name, channel.channel_id(request)).exclude(pk=link.worker_id)
    return Session.objects.open().filter(worker__in=others).exists()


def _where_to_go_on(link: PersonalLink) -> str:
    """The worker's last session; the entrance if there is none, or if its time ran out."""
    sessions = Session.objects.of(link.study, rehearsal=link.rehearsal).filter(worker=link.worker)
    session = sessions.exclude(state=Session.State.ABANDONED).order_by("-started_at").first()
    if session is None:
        return link.study.rehearsal_link_path if link.rehearsal else link.study.link_path
    if session.state == Session.State.OPEN:
        return next_address(session)
    return reverse("end", args=[session.token])
