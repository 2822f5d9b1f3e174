"""How often one address may try something in an hour.

Only a keyed hash of the address is kept, and for the hour alone: who tries next deletes what is older. Clients that try at
the very same moment may get past a limit by as many as the site answers at once.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studies.client_address import client_address
from studies.models import Attempt

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """What is limited, the setting that says how often it may be tried, and what is said to whoever tried too often."""

    what: str
    setting: str
    sentence: str | Promise

    def attempt(self, request: HttpRequest, now: datetime) -> HttpResponse | None:
        """The page for an address that has tried too often; None, and the attempt counts, if it may."""
        refusal = self.refusal(request, now)
        if refusal is None:
            self.note(request, now)
        return refusal

    def refusal(self, request: HttpRequest, now: datetime) -> HttpResponse | None:
        """The page for an address that has tried too often, with status 429; None if it may try."""
        allowed: int = getattr(settings, self.setting)
        tried = Attempt.objects.filter(what=self.what, who=_who(request), at__gt=now - HOUR)
        in_the_way = tried.order_by("-at").values_list("at", flat=True)[allowed - 1 : allowed].first()
        return _wait(request, self.sentence, in_the_way + HOUR - now) if in_the_way else None

    def note(self, request: HttpRequest, now: datetime) -> None:
        """Count an attempt of this address."""
        Attempt.objects.filter(what=self.what, at__lte=now - HOUR).delete()
        Attempt.objects.create(what=self.what, who=_who(request), at=now)


LOGINS = Limit("login", "LOGINS_PER_HOUR", _("Too many logins from your network have failed within an hour."))
SESSIONS = Limit(
    "session", "SESSIONS_PER_HOUR", _("More people have started from your network within an hour than this site takes.")
)


def _who(request: HttpRequest) -> str:
    return salted_hmac("studies.rate_limit", client_address(request), algorithm="sha256").hexdigest()


def _wait(request: HttpRequest, sentence: str | Promise, wait: timedelta) -> HttpResponse:
    page = {"sentence": sentence, "minutes": math.ceil(wait / timedelta(minutes=1))}
    response = render(request, "studies/too_many.html", page, status=429)
    response["Retry-After"] = str(math.ceil(wait.total_seconds()))
    response["Cache-Control"] = "no-store"
    return response
