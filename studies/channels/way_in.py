"""Which study a link leads to, and through which channel."""

from dataclasses import dataclass

from django.http import Http404

from studies.channels.base import Channel, channel_for, channel_named
from studies.models import Link, Study


@dataclass(frozen=True)
class WayIn:
    """What is behind a link: a study that was published, and whose workers use it; `rehearsal` if their votes are one."""

    study: Study
    channel: Channel
    rehearsal: bool


def way_in(token: str) -> WayIn:
    """What is behind the link with that token. Raises Http404 if nothing is, or a draft."""
    published = Study.objects.exclude(state=Study.State.DRAFT)
    if study := published.behind_link(token).first():
        rehearsal = study.is_rehearsal_link(token)
        return WayIn(study, channel_for(rehearsal=rehearsal), rehearsal)
    link = Link.objects.filter(token=token, study__in=published).select_related("study").first()
    if link is None:
        raise Http404
    return WayIn(link.study, channel_named(link.channel), rehearsal=False)
