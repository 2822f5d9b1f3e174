"""What Mechanical Turk says it did, as Amazon's notification service brings it: hints of where to look, never believed.

They may come twice, late, out of order, or from somebody else: all that one does is that its HIT is looked at sooner.
"""

import json
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from studies.channels.mturk.models import Hit, Posting

SALT = "studies.channels.mturk.events"
LONGEST_BODY = 256 * 1024


def address_path(posting: Posting) -> str:
    """What an address for a posting's notifications ends in: nobody else can make one."""
    return signing.Signer(salt=SALT).sign(posting.token)


@csrf_exempt
@require_POST
def events(request: HttpRequest, signed: str) -> HttpResponse:
    """Hint at every HIT that a notification names; that a subscription is to be confirmed is for the researcher to follow."""
    try:
        token = signing.Signer(salt=SALT).unsign(signed)
    except signing.BadSignature as error:
        raise Http404 from error
    hit_ids = _hit_ids(request.body[:LONGEST_BODY])
    Hit.objects.filter(posting__token=token, hit_id__in=hit_ids).update(hinted_at=timezone.now())
    return HttpResponse(status=204)


def _hit_ids(body: bytes) -> set[str]:
    """The HITs that a notification names; none for what is no notification."""
    try:
        message: Any = json.loads(json.loads(body)["Message"])
        return {str(event["HITId"]) for event in message["Events"] if "HITId" in event}
    except (ValueError, KeyError, TypeError):
        return set()
