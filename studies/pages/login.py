"""The way in for researchers: the admin's own page, for an address that has not failed too often."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from studies.rate_limit import LOGINS


@never_cache
def login(request: HttpRequest) -> HttpResponse:
    """Log in, unless this address failed too often; each form that comes back is a failure."""
    if request.method != "POST":
        return admin.site.login(request)
    now = timezone.now()
    if refusal := LOGINS.refusal(request, now):
        return refusal
    response = admin.site.login(request)
    if response.status_code != 302:
        LOGINS.note(request, now)
    return response
