"""What Mechanical Turk says it did, as Amazon's notification service brings it: hints of where to look, never believed.

They may come twice, late, out of order, or from somebody else: all that one does is that its HIT is looked at sooner.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.notifying import posting_of
from studies.channels.mturk.visits import ID

LONGEST_BODY = 256 * 1024
LONGEST_ADDRESS = 1000
AMAZON_SNS = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com")  # of the rest of amazonaws.com, much is anybody's
UNREADABLE = (ValueError, RecursionError)  # the latter of what is nested a thousand deep


@csrf_exempt
@require_POST
def events(request: HttpRequest, signed: str) -> HttpResponse:
    """Hint at every HIT that a notification names; keep where Amazon asks for confirmation, for the researcher to follow."""
    try:
        token = posting_of(signed)
    except signing.BadSignature as error:
        raise Http404 from error
    told = _told(request.body[:LONGEST_BODY])
    if address := _confirmation(told):
        Posting.objects.filter(token=token).update(subscription_url=address)
    Hit.objects.filter(posting__token=token, hit_id__in=_hit_ids(told)).update(hinted_at=timezone.now())
    return HttpResponse(status=204)


def _told(body: bytes) -> dict[str, Any]:
    """The fields of a message; none of what is no message."""
    try:
        told = json.loads(body)
    except UNREADABLE:
        return {}
    return told if isinstance(told, dict) else {}


def _confirmation(told: dict[str, Any]) -> str:
    """Where Amazon, and nobody else, asks to have a subscription confirmed; empty if this is no such message."""
    address = str(told.get("SubscribeURL", ""))
    asks = told.get("Type") == "SubscriptionConfirmation" and len(address) <= LONGEST_ADDRESS
    return address if asks and _is_amazons(address) else ""


def _is_amazons(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and AMAZON_SNS.fullmatch(parts.netloc) is not None and address.isascii()


def _hit_ids(told: dict[str, Any]) -> set[str]:
    """The HITs that a notification names."""
    try:
        named = {str(event["HITId"]) for event in json.loads(told["Message"])["Events"] if "HITId" in event}
    except (*UNREADABLE, KeyError, TypeError):
        return set()
    return {hit_id for hit_id in named if ID.fullmatch(hit_id)}
