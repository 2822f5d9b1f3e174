"""The way out: these pages fill the panel's address with what the participant brought along, and lead there."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from studies.channels.base import NotIdentified, TurnedAway, channel_named
from studies.channels.panel.addresses import filled
from studies.channels.panel.arrival import remembered_arrival
from studies.channels.panel.models import PanelLink
from studies.headers import worker_page
from studies.models import Session
from studies.pages.visitor import session_of_visitor


@worker_page
@require_safe
def complete(request: HttpRequest, token: str) -> HttpResponse:
    """To the panel, from a finished session; who is not done is led back."""
    session = session_of_visitor(request, token)
    links = PanelLink.objects.filter(link__study=session.study, link__channel=session.worker.channel)
    link = get_object_or_404(links.select_related("link"))
    if session.state != Session.State.DONE or not link.complete:
        return redirect("end", session.token)
    own = {"visit": session.visit, "code": link.code or session.code}
    return HttpResponseRedirect(filled(link.complete, {**_brought_along(request, link), **own}))


@worker_page
@require_safe
def turned_away(request: HttpRequest, token: str, why: TurnedAway) -> HttpResponse:
    """To the panel, without an answer given."""
    link = get_object_or_404(PanelLink.objects.select_related("link"), link__token=token)
    address = link.address_for(why)
    if not address:
        raise Http404
    return HttpResponseRedirect(filled(address, _brought_along(request, link)))


def _brought_along(request: HttpRequest, link: PanelLink) -> dict[str, str]:
    """Values by the names of their placeholders. Raises Http404 for a visitor whom the panel did not send."""
    try:
        channel_id = channel_named(link.link.channel).channel_id(request)
    except NotIdentified as error:
        raise Http404 from error
    arrival = remembered_arrival(request, link, channel_id)
    return {**arrival.kept, "id": arrival.id, "visit": arrival.visit} if arrival else {"id": channel_id}
