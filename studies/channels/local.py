"""The local channel: whoever has the link, told apart by a random id in a signed cookie."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from studies.channels.base import Completion, TurnedAway
from studies.models import Session, Study, Worker

A_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class LocalChannel:
    """Workers of one browser each; a session ends with a code."""

    name: str
    keeps_plain_ids: bool = False
    gives_personal_links: bool = True

    @property
    def cookie(self) -> str:
        return f"{self.name}_worker"

    def channel_id(self, request: HttpRequest) -> str:
        """The id in this browser's cookie; a new one where the cookie is missing or forged."""
        return request.get_signed_cookie(self.cookie, default="", salt=self.name) or secrets.token_urlsafe(16)

    def visit(self, request: HttpRequest) -> str:  # noqa: ARG002
        return ""

    def remember(self, response: HttpResponseBase, channel_id: str) -> None:
        """Set the cookie for a year."""
        response.set_signed_cookie(
            self.cookie,
            channel_id,
            salt=self.name,
            max_age=A_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )

    def completion(self, session: Session) -> Completion:
        return Completion(_("Thank you. Your answers are saved. This code stands for your session:"), session.code)

    def turned_away(self, study: Study, why: TurnedAway, visit: str) -> Completion | None:  # noqa: ARG002
        return None

    def forget(self, worker: Worker) -> None:
        """Nothing: this channel has no rows."""


channel = LocalChannel
