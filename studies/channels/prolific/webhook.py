"""Prolific's notifications: hints that something changed, checked and then looked at by asking Prolific.

docs.prolific.com, webhooks: “Verifying” (base64 of HMAC-SHA256 over timestamp and body, with the workspace's secret) and
“Idempotency and the X-Event-ID header”. What a notification says is not believed: it may be late, out of order or repeated.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from studies.channels.prolific.models import ProlificStudy, SeenEvent, Submission
from studies.channels.prolific.tasks import poll_one

OLDEST_SECONDS = 5 * 60
LONGEST_EVENT_ID = 100
SECONDS = re.compile(r"[0-9]{1,12}")


@csrf_exempt
@require_POST
def notified(request: HttpRequest) -> HttpResponse:
    """Ask Prolific about what the notification names, once for each event; 403 for what Prolific did not sign."""
    if not is_signed(request, time.time()):
        return HttpResponse("This is not signed by Prolific.", status=403, content_type="text/plain")
    event = request.headers.get("X-Event-Id", "")[:LONGEST_EVENT_ID]
    if event and not SeenEvent.objects.get_or_create(event=event)[1]:
        return HttpResponse(status=200)
    if row := _named_in(request.body):
        poll_one.delay(row.pk)
    return HttpResponse(status=200)


def is_signed(request: HttpRequest, now: float) -> bool:
    """Whether Prolific sent this, and lately. now: seconds since 1970."""
    timestamp = request.headers.get("X-Prolific-Request-Timestamp", "")
    secret = settings.PROLIFIC_WEBHOOK_SECRET  # notifications are not needed, and so neither is a secret
    if not secret or not SECONDS.fullmatch(timestamp) or abs(now - int(timestamp)) > OLDEST_SECONDS:
        return False
    expected = signature(secret, timestamp, request.body)
    return hmac.compare_digest(expected, request.headers.get("X-Prolific-Request-Signature", "").encode())


def signature(secret: str, timestamp: str, body: bytes) -> bytes:
    """The signature of a notification."""
    return base64.b64encode(hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).digest())


def _named_in(body: bytes) -> ProlificStudy | None:
    """The study that a notification is about; of a submission that is not known here yet, nobody knows."""
    try:
        told: Any = json.loads(body)
    except ValueError:
        return None
    resource = str(told.get("resource_id", "")) if isinstance(told, dict) else ""
    if submission := Submission.objects.filter(prolific_id=resource).select_related("prolific_study").first():
        return submission.prolific_study
    return ProlificStudy.objects.exclude(prolific_id="").filter(prolific_id=resource).first()
