"""Approve, reject or ask to return the submissions that are ticked."""

from datetime import datetime

from django.http import HttpRequest

from studies.channels.prolific import review
from studies.channels.prolific.client import from_settings
from studies.channels.prolific.errors import AgainstTheRules
from studies.channels.prolific.models import ProlificStudy, Submission
from studies.channels.prolific.pages.common import button
from studies.channels.prolific.pages.forms import RejectForm, ReturnForm, first_error
from studies.channels.prolific.review import Decided


@button
def decide(request: HttpRequest, row: ProlificStudy, who: str, now: datetime) -> list[str]:
    """Do what the pressed button says to every submission that is ticked."""
    chosen = ticked(request, row)
    if "reject" in request.POST:
        return _told("Rejected", _rejected(request, chosen, who, now))
    if "return" in request.POST:
        return _told("Asked to return", _asked_to_return(request, chosen, who, now))
    return _told("Approved", review.approve(chosen, from_settings(), who, now))


def ticked(request: HttpRequest, row: ProlificStudy) -> list[Submission]:
    """The submissions that are ticked. Raises AgainstTheRules for none."""
    keys = [key for key in request.POST.getlist("submission") if key.isdecimal()]
    chosen = list(row.submissions.filter(pk__in=keys).select_related("prolific_study__study", "session__study"))
    if not chosen:
        raise AgainstTheRules("Tick the submissions that you mean.")
    return chosen


def _rejected(request: HttpRequest, chosen: list[Submission], who: str, now: datetime) -> Decided:
    form = RejectForm(request.POST)
    if not form.is_valid():
        raise AgainstTheRules(first_error(form))
    words = form.cleaned_data
    return review.reject_all(chosen, from_settings(), words["category"], words["message"], who, now)


def _asked_to_return(request: HttpRequest, chosen: list[Submission], who: str, now: datetime) -> Decided:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        raise AgainstTheRules(first_error(form))
    return review.request_return(chosen, from_settings(), form.chosen(), who, now)


def _told(what: str, decided: Decided) -> list[str]:
    return [f"{what}: {decided}.", *decided.refused]
