"""Mechanical Turk as the voting pages know it: its workers are known by the token in the address, never by a cookie."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from studies.channels.base import Completion, NotIdentified, TurnedAway
from studies.channels.mturk import visits
from studies.channels.mturk.models import Assignment
from studies.models import Session, Study, Worker

IMAGE = "image"  # the one address outside the frame's own pages that they ask for


@dataclass(frozen=True)
class MTurkChannel:
    """The workers of one environment; a session ends with the answers handed in there."""

    name: str
    keeps_plain_ids: bool = True
    gives_personal_links: bool = False

    def channel_id(self, request: HttpRequest) -> str:
        """The worker's id in the token. Raises NotIdentified without one, and on all pages but images.

        The frame has pages of its own, without a way to withdraw: Mechanical Turk signs no id, so whoever writes a worker's id
        into the frame's address could delete all that this worker answered.
        """
        if request.resolver_match and request.resolver_match.url_name != IMAGE:
            raise NotIdentified(_("This page does not know who you are. Please return the HIT and accept it again."))
        return visits.opened(request.GET.get(visits.PARAMETER, "")).worker_id

    def visit(self, request: HttpRequest) -> str:
        return visits.opened(request.GET.get(visits.PARAMETER, "")).assignment_id

    def remember(self, response: HttpResponseBase, channel_id: str) -> None:
        """Nothing: every address of the frame's pages carries the token."""

    def completion(self, session: Session) -> Completion:  # noqa: ARG002
        return Completion(_("Please hand your answers in on Mechanical Turk."))

    def turned_away(self, study: Study, why: TurnedAway, visit: str) -> Completion | None:  # noqa: ARG002
        return None

    def forget(self, worker: Worker) -> None:
        """The answers that came with assignments; that there were assignments, and what they cost, stays in the books."""
        Assignment.objects.filter(worker=worker).update(answers="")


channel = MTurkChannel
