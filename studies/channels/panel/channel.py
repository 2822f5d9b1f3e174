"""The channel of a panel: people come by a link that names them, and go on at an address of the panel."""

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from studies.channels.base import Completion, TurnedAway
from studies.channels.panel.arrival import (
    ONLY_VISIT,
    Arrival,
    brought,
    please_come_by_the_panel,
    remember_arrival,
    remember_worker,
    remembered_arrival,
    remembered_worker,
)
from studies.channels.panel.models import PanelLink
from studies.models import Session, Study, Worker


@dataclass
class PanelChannel:
    """Participants of one panel, for the time of one request.

    What the link brought along is read once and kept until `remember`, which sees the answer alone. Whoever is sent out goes by
    pages of our own: only there are the cookies at hand, and no id is stored that an address could be filled from.
    """

    name: str
    keeps_plain_ids: bool = False
    gives_personal_links: bool = False
    _arrived: tuple[PanelLink, Arrival] | None = field(default=None, init=False)

    def channel_id(self, request: HttpRequest) -> str:
        """The id in the link; on other pages that of the cookie, which the link's replaces."""
        if link := self._link_of(request):
            return self._arrival(request, link).id
        return self._known(request)

    def visit(self, request: HttpRequest) -> str:
        """The visit's id in the link, or of the cookie; one and the same where the panel tells no visits apart.

        Who comes back is led to where they were then, and to the end if they were done: a second visit would not be paid.
        """
        link = self._link_of(request)
        return self._arrival(request, link).visit if link else ""

    def remember(self, response: HttpResponseBase, channel_id: str) -> None:
        """Set the cookies, for a month: who it is on this panel, and what this link brought along."""
        remember_worker(response, self.name, channel_id)
        if self._arrived:
            remember_arrival(response, *self._arrived)

    def completion(self, session: Session) -> Completion:
        link = PanelLink.objects.on(session.study, self.name)
        if link.complete:
            sentence = _("Thank you. Your answers are saved. Now go back to where you came from, so that they know.")
            return Completion(sentence, address=reverse("panel_complete", args=[session.token]))
        sentence = _("Thank you. Your answers are saved. Copy this code to where you came from:")
        return Completion(sentence, link.code or session.code)

    def turned_away(self, study: Study, why: TurnedAway, visit: str) -> Completion | None:  # noqa: ARG002
        link = PanelLink.objects.on(study, self.name)
        if not link.address_for(why):
            return None
        sentence = _("Please go back to where you came from, so that they know.")
        return Completion(sentence, address=reverse("panel_turned_away", args=[link.link.token, why]))

    def _link_of(self, request: HttpRequest) -> PanelLink | None:
        """The link that was followed; None on all other pages, where the address says nothing about the visitor."""
        if self._arrived:
            return self._arrived[0]
        match = request.resolver_match
        if match is None or match.url_name != "study":
            return None
        links = PanelLink.objects.filter(link__channel=self.name, link__token=match.kwargs["token"])
        return links.select_related("link").first()

    def _arrival(self, request: HttpRequest, link: PanelLink) -> Arrival:
        if self._arrived is None:
            self._arrived = link, brought(request.GET, link) or self._earlier(request, link)
        return self._arrived[1]

    def _earlier(self, request: HttpRequest, link: PanelLink) -> Arrival:
        """What the participant brought along before. Raises NotIdentified if it is not known which visit this is."""
        channel_id = self._known(request)
        if earlier := remembered_arrival(request, link, channel_id):
            return earlier
        if link.visit_parameter:
            raise please_come_by_the_panel(link.panel)
        return Arrival(channel_id, ONLY_VISIT, {})

    def _known(self, request: HttpRequest) -> str:
        channel_id = remembered_worker(request, self.name)
        if not channel_id:
            raise please_come_by_the_panel(self.name.partition(":")[2])
        return channel_id

    def forget(self, worker: Worker) -> None:
        """Nothing: this channel's rows hold nothing of what people gave."""


channel = PanelChannel
