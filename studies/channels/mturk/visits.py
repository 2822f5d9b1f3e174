"""Who works in Mechanical Turk's frame: no cookie reaches it, so a signed token says it, in addresses and forms.

The token is bound to the worker, the assignment and the HIT, and so to the study; it is good as long as the assignment can be
handed in. It stands where Django's token against forged requests would, and does its work: nobody else can know it.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _

from studies.channels.base import NotIdentified
from studies.channels.mturk.models import Hit

PREVIEW = "ASSIGNMENT_ID_NOT_AVAILABLE"
FIELD, PARAMETER = "csrfmiddlewaretoken", "visit"
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SALT = "studies.channels.mturk.visits"
GRACE = 10 * 60  # seconds
LONGEST = 366 * 24 * 60 * 60  # seconds: no assignment lasts longer


@dataclass(frozen=True)
class Visit:
    """A worker with an assignment in hand. came_with: the token that said so, where there was one."""

    worker_id: str
    assignment_id: str
    hit: str
    came_with: str = field(default="", compare=False)

    @cached_property
    def token(self) -> str:
        """The same on all pages of an assignment, so that images fetched ahead have the addresses that are asked for."""
        return self.came_with or signing.dumps([self.worker_id, self.assignment_id, self.hit], salt=SALT, compress=True)


def asked_by(request: HttpRequest, hit: Hit) -> Visit | None:
    """Who looks at a HIT, as the address of the frame says; None for a preview.

    Raises NotIdentified for an address that Mechanical Turk would not make, or that would hand answers in elsewhere.
    """
    assignment_id = request.GET.get("assignmentId", "")
    if assignment_id in ("", PREVIEW):
        return None
    worker_id = request.GET.get("workerId", "")
    if not ID.fullmatch(assignment_id) or not ID.fullmatch(worker_id):
        raise NotIdentified(
            _("This page was not opened as Mechanical Turk opens it. Please return the HIT and accept it again.")
        )
    if request.GET.get("turkSubmitTo", "").rstrip("/") != hit.posting.environment.worker_site:
        raise NotIdentified(
            _("This page would not hand your answers in to Mechanical Turk. Please return the HIT and accept it again.")
        )
    visit = Visit(worker_id, assignment_id, hit.token)
    with suppress(NotIdentified):
        known = opened(request.GET.get(PARAMETER, ""), hit.posting.assignment_seconds + GRACE)
        return known if known == visit else visit
    return visit


def sent_by(request: HttpRequest, hit: Hit) -> Visit:
    """Who sent a form of a HIT's page, as its token says. Raises NotIdentified without a token that is good for this HIT."""
    visit = opened(request.POST.get(FIELD, ""), hit.posting.assignment_seconds + GRACE)
    if visit != asked_by(request, hit):
        raise NotIdentified(
            _("This form belongs to another HIT, or to another worker. Please return the HIT and accept it again.")
        )
    return visit


def opened(token: str, seconds: int = LONGEST) -> Visit:
    """What a token says. Raises NotIdentified for one that was not made here, or longer ago than that."""
    try:
        told: Any = signing.loads(token, salt=SALT, max_age=seconds)
    except signing.SignatureExpired as error:
        raise NotIdentified(_("The time for this HIT is over. Please return the HIT and accept it again.")) from error
    except signing.BadSignature as error:
        raise NotIdentified(_("This page does not know who you are. Please return the HIT and accept it again.")) from error
    worker_id, assignment_id, hit = told
    return Visit(worker_id, assignment_id, hit, token)
