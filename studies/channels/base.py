"""Where workers come from: all that the voting pages know of it."""

from dataclasses import dataclass
from typing import Protocol, cast

from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

from studies.models import Session

# By dotted path, so that a channel's own libraries are loaded only where it is used.
CHANNELS = {
    "local": "studies.channels.local.LOCAL",
    "rehearsal": "studies.channels.local.REHEARSAL",
}


@dataclass(frozen=True)
class Completion:
    """What a worker gets at the end of a session."""

    sentence: str
    code: str


class Channel(Protocol):
    """One way for workers to come to a study."""

    @property
    def name(self) -> str: ...

    def channel_id(self, request: HttpRequest) -> str:
        """What this channel calls the visitor; a new id at the first visit. Looking is not taking part: no row is made."""
        ...

    def remember(self, response: HttpResponseBase, channel_id: str) -> None:
        """Make sure that the visitor's next request is known by the same id."""
        ...

    def completion(self, session: Session) -> Completion:
        """How this session ends."""
        ...


def channel_named(name: str) -> Channel:
    """The channel of that name; KeyError for a name that is not in CHANNELS."""
    return cast(Channel, import_string(CHANNELS[name]))


def channel_for(*, rehearsal: bool) -> Channel:
    """The channel whose workers use a study's voting link, or its rehearsal link.

    A rehearsal has workers of its own: whoever tries a study out stays free to vote in it.
    """
    return channel_named("rehearsal" if rehearsal else "local")
