"""The channel of Prolific: participants come with their ids in the address, and go back with a code that says what happened."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from studies.channels.base import Completion, NotIdentified, TurnedAway
from studies.channels.prolific.models import ProlificStudy, Submission
from studies.models import Session, Study, Worker

COMPLETE = "https://app.prolific.com/submissions/complete?cc="
COOKIE = "prolific_worker"
A_MONTH = 30 * 24 * 60 * 60  # longer than any submission is open
AN_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")  # so that no placeholder that was not filled in passes for one


@dataclass
class ProlificChannel:
    """Prolific's participants, for the time of one request.

    The address names participant and submission at first, a signed cookie afterwards. Participants' own ids are in that cookie
    and in no row: bonuses are paid by submission.
    """

    name: str
    keeps_plain_ids: bool = False
    gives_personal_links: bool = False  # Prolific's own page leads back
    _arrived: dict[str, str] | None = field(default=None, init=False)

    def channel_id(self, request: HttpRequest) -> str:
        """The participant in the address, else in the cookie; at the way in the submission has to be known, too."""
        link = _link_of(request)
        if link:
            self._arrived = _brought(request, link) or _earlier(request, link)
            return self._arrived["id"]
        return _remembered(request)["id"]

    def visit(self, request: HttpRequest) -> str:
        """The submission's id, which Prolific's address calls SESSION_ID."""
        if self._arrived is None:
            self.channel_id(request)
        return self._arrived["visit"] if self._arrived else ""

    def remember(self, response: HttpResponseBase, channel_id: str) -> None:
        """Set the cookie: who it is, and by which link for which submission."""
        kept = self._arrived or {"id": channel_id, "link": "", "visit": ""}
        response.set_cookie(
            COOKIE,
            signing.dumps(kept, salt=COOKIE),
            max_age=A_MONTH,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )

    def completion(self, session: Session) -> Completion:
        sentence = _("Thank you. Your answers are saved. Now go back to Prolific with this code, so that you are paid:")
        return _back_to_prolific(sentence, _latest(session.study).completion_code)

    def turned_away(self, study: Study, why: TurnedAway, visit: str) -> Completion | None:  # noqa: ARG002
        if why == TurnedAway.FULL:
            sentence = _("Others were faster. Please go back to Prolific with this code; it does not count against you:")
        else:
            sentence = _("Please go back to Prolific with this code; it does not count against you:")
        return _back_to_prolific(sentence, _latest(study).screen_out_code)

    def forget(self, worker: Worker) -> None:
        """That a submission was this worker's; that there was one, and what it cost, stays in the books."""
        Submission.objects.filter(worker=worker).update(worker=None, session=None)


def _back_to_prolific(sentence: str, code: str) -> Completion:
    return Completion(sentence, code, COMPLETE + code)


def _latest(study: Study) -> ProlificStudy:
    """All attempts of a study have the same codes."""
    return ProlificStudy.objects.filter(study=study).latest("attempt")


def _link_of(request: HttpRequest) -> str:
    """The token of the link that was followed; empty on all other pages, whose addresses say nothing about the visitor."""
    match = request.resolver_match
    return match.kwargs["token"] if match and match.url_name == "study" else ""


def _brought(request: HttpRequest, link: str) -> dict[str, str] | None:
    """What Prolific filled into the address; None if it names nobody."""
    if "PROLIFIC_PID" not in request.GET:
        return None
    brought = {"id": request.GET["PROLIFIC_PID"], "link": link, "visit": request.GET.get("SESSION_ID", "")}
    if not (AN_ID.fullmatch(brought["id"]) and AN_ID.fullmatch(brought["visit"])):
        raise _please_come_by_prolific()
    return brought


def _earlier(request: HttpRequest, link: str) -> dict[str, str]:
    """What the cookie says of this link. Raises NotIdentified if it is not known which submission this is."""
    earlier = _remembered(request)
    if earlier["link"] != link:
        raise _please_come_by_prolific()
    return earlier


def _remembered(request: HttpRequest) -> dict[str, str]:
    """What the cookie says. Raises NotIdentified for a cookie that is missing or forged."""
    try:
        remembered: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE)
    except signing.BadSignature:
        raise _please_come_by_prolific() from None
    return dict(remembered)


def _please_come_by_prolific() -> NotIdentified:
    return NotIdentified(_("Please open this study from its page on Prolific."))


channel = ProlificChannel
