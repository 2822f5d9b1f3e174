"""Where workers come from: all that the voting pages know of it."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol, cast

from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

from studies.errors import StudyError
from studies.models import Session, Study, Worker

# By dotted path, so that a channel's own libraries are loaded only where it is used. A name may go on behind a colon: of the
# panels there are as many as a researcher names.
CHANNELS = {
    "local": "studies.channels.local.channel",
    "rehearsal": "studies.channels.local.channel",
    "mturk": "studies.channels.mturk.channel.channel",
    "mturk-sandbox": "studies.channels.mturk.channel.channel",
    "mturk-emulator": "studies.channels.mturk.channel.channel",
    "panel": "studies.channels.panel.channel.channel",
    "prolific": "studies.channels.prolific.channel.channel",
}


class NotIdentified(StudyError):
    """A visitor whom the channel does not know, with a sentence for the visitor."""


class TurnedAway(Enum):
    """Why a worker who came gets nothing to answer."""

    FULL = "full"  # there is no place left
    SCREENED_OUT = "screened out"  # the worker may not take part, or did not agree to


@dataclass(frozen=True)
class Completion:
    """What a worker gets at the end of a session, or when turned away.

    code: to be copied; empty where there is none. address: where the worker goes on, where the channel has such a page.
    """

    sentence: str
    code: str = ""
    address: str = ""


class Channel(Protocol):
    """One way for workers to come to a study."""

    @property
    def name(self) -> str: ...

    @property
    def keeps_plain_ids(self) -> bool:
        """Whether a worker's id is kept as it is, and not its hash alone: where workers are paid by that id."""
        ...

    @property
    def gives_personal_links(self) -> bool:
        """Whether a worker gets a link that leads back from any device, beside the channel's own."""
        ...

    def channel_id(self, request: HttpRequest) -> str:
        """What this channel calls the visitor; a new id at the first visit where the channel makes them.

        Looking is not taking part: no row is made. Raises NotIdentified for a visitor who does not come by the channel.
        """
        ...

    def visit(self, request: HttpRequest) -> str:
        """What this channel calls the visitor's sitting; empty where it does not tell sittings apart."""
        ...

    def remember(self, response: HttpResponseBase, channel_id: str) -> None:
        """Make sure that the visitor's next request is known by the same id."""
        ...

    def completion(self, session: Session) -> Completion:
        """How this session ends."""
        ...

    def turned_away(self, study: Study, why: TurnedAway, visit: str) -> Completion | None:
        """Where a worker goes who gets nothing to answer; None where the channel has no place for that.

        visit: what the channel calls the sitting, as above.
        """
        ...

    def forget(self, worker: Worker) -> None:
        """Delete what rows of the channel's own hold of what a worker gave."""
        ...


def channel_named(name: str) -> Channel:
    """The channel of that name, “panel:connect” for one; KeyError for a name that is not in CHANNELS."""
    channel = import_string(CHANNELS[name.partition(":")[0]])
    return cast(Channel, channel(name))


def channel_for(*, rehearsal: bool) -> Channel:
    """The channel whose workers use a study's voting link, or its rehearsal link.

    A rehearsal has workers of its own: whoever tries a study out stays free to vote in it.
    """
    return channel_named("rehearsal" if rehearsal else "local")
