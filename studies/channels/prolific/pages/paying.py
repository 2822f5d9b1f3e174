"""Bonuses: set up for who is ticked, paid once their costs are confirmed; and what only a look at Prolific settles."""

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from studies.channels.prolific import bonuses, settling
from studies.channels.prolific.client import from_settings
from studies.channels.prolific.errors import AgainstTheRules
from studies.channels.prolific.models import Intent, ProlificStudy
from studies.channels.prolific.pages.common import button
from studies.channels.prolific.pages.deciding import ticked
from studies.channels.prolific.pages.forms import BonusForm, ConfirmForm, first_error


@button
def set_up(request: HttpRequest, row: ProlificStudy, who: str, now: datetime) -> str:
    """Set the same bonus up for everybody who is ticked; nothing is paid yet."""
    form, chosen = BonusForm(request.POST), ticked(request, row)
    if not form.is_valid():
        raise AgainstTheRules(first_error(form))
    cents = dict.fromkeys(chosen, form.cleaned_data["bonus"])
    intent = bonuses.set_up(row, cents, from_settings(), who, now)
    return f"Set up: {row.money(intent.body['total'])} with fees and VAT. Nothing is paid before you confirm it below."


@button
def pay(request: HttpRequest, row: ProlificStudy, who: str, now: datetime) -> str:
    """Pay bonuses that were set up, for what was shown."""
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        raise AgainstTheRules("Look at what the bonuses cost first, and confirm that.")
    return bonuses.pay(_intent(request, row), from_settings(), form.cleaned_data["cents"], who, now)


@button
def settle(request: HttpRequest, row: ProlificStudy, who: str, now: datetime) -> str:
    """Note what somebody saw on Prolific of a call that is uncertain."""
    return settling.settle_by_hand(_intent(request, row), who, now, happened="happened" in request.POST)


def _intent(request: HttpRequest, row: ProlificStudy) -> Intent:
    key = request.POST.get("intent", "")
    return get_object_or_404(row.intents.all(), pk=int(key) if key.isdecimal() else 0)
