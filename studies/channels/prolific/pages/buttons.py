"""Buttons for the study as a whole: its budget, publishing it, more places, pausing and stopping it, reading Prolific."""

from datetime import datetime

from django.http import HttpRequest

from studies.channels.prolific import planning, publishing, reconciling
from studies.channels.prolific.client import from_settings
from studies.channels.prolific.errors import AgainstTheRules
from studies.channels.prolific.models import ProlificStudy
from studies.channels.prolific.pages.common import button
from studies.channels.prolific.pages.forms import BudgetForm, ConfirmForm, first_error


@button
def budget(request: HttpRequest, row: ProlificStudy, who: str, now: datetime) -> str:
    """Set the most to be spent."""
    form = BudgetForm(request.POST)
    if not form.is_valid():
        raise AgainstTheRules(first_error(form))
    return planning.change_budget(row, form.cleaned_data["budget"], who, now)


@button
def publish(request: HttpRequest, row: ProlificStudy, who: str, now: datetime) -> str:
    """Publish for what was quoted."""
    return publishing.publish(row, from_settings(), _confirmed(request)["cents"], who, now)


@button
def places(request: HttpRequest, row: ProlificStudy, who: str, now: datetime) -> str:
    """Ask for more places for what was quoted."""
    confirmed = _confirmed(request)
    return publishing.add_places(row, from_settings(), confirmed["places"] or 0, confirmed["cents"], who, now)


@button
def move(request: HttpRequest, row: ProlificStudy, who: str, now: datetime) -> str:
    """Pause, start or stop the study there."""
    return publishing.move(row, from_settings(), request.POST.get("action", ""), who, now)


@button
def poll(_request: HttpRequest, row: ProlificStudy, _who: str, _now: datetime) -> str:
    """Ask Prolific how the study and its submissions stand."""
    return f"Read from Prolific: {reconciling.poll(row, from_settings())}"


def _confirmed(request: HttpRequest) -> dict[str, int]:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        raise AgainstTheRules("Look at the costs first, and confirm them there.")
    return form.cleaned_data
