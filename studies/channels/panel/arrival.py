"""What a participant brings along in the link, and the cookies that keep it while other pages are looked at."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from studies.channels.base import NotIdentified
from studies.channels.panel.models import PanelLink

LONGEST = 100  # characters of a value
A_MONTH = 30 * 24 * 60 * 60
ONLY_VISIT = "only"  # of people whom the panel sends once


@dataclass(frozen=True)
class Arrival:
    """A participant's id and visit as the panel calls them, and the values that it wants back."""

    id: str
    visit: str
    kept: Mapping[str, str]


class _Utf8:
    """Signed JSON that keeps letters of any alphabet short: a browser need not keep more than 4096 bytes."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


def brought(parameters: Mapping[str, str], link: PanelLink) -> Arrival | None:
    """What the link's parameters say; None if they name nobody.

    A value to hand back that is missing is handed back empty. Raises NotIdentified for values that no panel sends.
    """
    if link.id_parameter not in parameters:
        return None
    participant = _value(parameters, link.id_parameter, link)
    visit = _value(parameters, link.visit_parameter, link) if link.visit_parameter else ONLY_VISIT
    kept = {name: _value(parameters, name, link) for name in link.kept if parameters.get(name)}
    return Arrival(participant, visit, kept)


def please_come_by_the_panel(panel: str) -> NotIdentified:
    """To be raised for a visitor whom the panel did not send."""
    return NotIdentified(_("Please open the study from “%(panel)s”, by the link that you find there.") % {"panel": panel})


def remember_worker(response: HttpResponseBase, channel: str, channel_id: str) -> None:
    """Keep who the visitor is on this panel, in place of anybody before."""
    _set_cookie(response, _worker_cookie(channel), channel_id, salt=channel)


def remember_arrival(response: HttpResponseBase, link: PanelLink, arrival: Arrival) -> None:
    """Keep what this link brought along."""
    _set_cookie(response, _arrival_cookie(link), asdict(arrival), salt=_arrival_cookie(link))


def remembered_worker(request: HttpRequest, channel: str) -> str:
    """Who the visitor is on this panel; empty if nobody is known."""
    found = _read_cookie(request, _worker_cookie(channel), salt=channel)
    return found if isinstance(found, str) else ""


def remembered_arrival(request: HttpRequest, link: PanelLink, channel_id: str) -> Arrival | None:
    """What this link brought along for that participant; None if it was somebody else, or nobody."""
    found = _read_cookie(request, _arrival_cookie(link), salt=_arrival_cookie(link))
    return Arrival(**found) if found and found["id"] == channel_id else None


def _value(parameters: Mapping[str, str], name: str, link: PanelLink) -> str:
    value = parameters.get(name, "")
    if not 1 <= len(value) <= LONGEST or not value.isprintable() or " " in value:
        raise please_come_by_the_panel(link.panel)
    return value


def _worker_cookie(channel: str) -> str:
    return f"{channel.replace(':', '_')}_worker"


def _arrival_cookie(link: PanelLink) -> str:
    return f"panel_link_{link.link.token}"


def _set_cookie(response: HttpResponseBase, cookie: str, value: Any, *, salt: str) -> None:
    response.set_cookie(
        cookie,
        signing.dumps(value, salt=salt, serializer=_Utf8),
        max_age=A_MONTH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read_cookie(request: HttpRequest, cookie: str, *, salt: str) -> Any:
    """What was signed; None for a cookie that is missing or forged."""
    try:
        return signing.loads(request.COOKIES.get(cookie, ""), salt=salt, serializer=_Utf8)
    except signing.BadSignature:
        return None
