"""Mechanical Turk as the voting pages know it: its workers are known by the token in the address, never by a cookie."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from studies.channels.base import Completion, TurnedAway
from studies.channels.mturk import visits
from studies.channels.mturk.models import Assignment
from studies.models import Session, Study, Worker


@dataclass(frozen=True)
class MTurkChannel:
    """The workers of one environment; a session ends with the answers handed in there."""

    name: str
    keeps_plain_ids: bool = True
    gives_personal_links: bool = False

    def channel_id(self, request: HttpRequest) -> str:
        """The worker's id in the token. Raises NotIdentified without one."""
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
