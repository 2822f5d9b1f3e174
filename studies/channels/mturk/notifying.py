"""Notifications of Mechanical Turk: hints that let a poll look sooner. Without any, polling finds everything all the same."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from studies.channels.mturk.confirming import ACTION
from studies.channels.mturk.errors import ImpossibleReview
from studies.channels.mturk.ledger import intend
from studies.channels.mturk.models import Intent, Posting
from studies.models import LogLine

SALT = "studies.channels.mturk.notifying"
TOPIC = "arn:aws:sns:"


def address_for(posting: Posting) -> str:
    """Where the topic is to send a posting's notifications, with the host: nobody can guess it."""
    return settings.SITE_URL + reverse("mturk_events", args=[signing.Signer(salt=SALT).sign(posting.token)])


def posting_of(signed: str) -> str:
    """The token of the posting that an address was made for. Raises BadSignature for an address that was not made here."""
    return signing.Signer(salt=SALT).unsign(signed)


def ask_for_notifications(posting: Posting, topic: str, who: str, now: datetime) -> str:
    """Have Mechanical Turk tell a topic of Amazon SNS what happens; what will be done.

    Raises ImpossibleReview for what is no topic, and for a posting that is not confirmed.
    """
    topic = topic.strip()
    if not topic.startswith(TOPIC):
        raise ImpossibleReview(f"“{topic}” is no topic of Amazon SNS: it looks like {TOPIC}us-east-1:123456789012:votes.")
    if posting.is_draft:
        raise ImpossibleReview("Confirm the posting first: notifications belong to its HIT type.")
    notify = Intent.Operation.NOTIFY
    intent = Intent(
        posting=posting, operation=notify, key=f"notify/{posting.token}/{topic}", details={"topic": topic}, by=who, at=now
    )
    intend(posting, [intent])
    LogLine.objects.add(posting.study, who, ACTION, f"{posting}. Notifications to {topic}", now)
    return f"Mechanical Turk will tell {topic}. Subscribe this address to it: {address_for(posting)}"
