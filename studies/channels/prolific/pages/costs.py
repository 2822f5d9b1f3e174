"""What a study on Prolific would cost, to be confirmed, and what it has cost: asked of Prolific, which changes nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from studies.admin.pages import study_page
from studies.channels.prolific import publishing
from studies.channels.prolific.client import from_settings
from studies.channels.prolific.models import ProlificStudy
from studies.channels.prolific.pages.common import address_of, attempt_of, render_page
from studies.channels.prolific.pages.forms import ConfirmForm, PlacesForm, first_error
from studies.channels.prolific.planning import refuse_published
from studies.channels.prolific.publishing import Quote
from studies.errors import StudyError
from studies.models import Study
from studies.roles import RUN_STUDY


@study_page(RUN_STUDY)
def quote(request: HttpRequest, study: Study) -> HttpResponse:
    """What publishing costs, or with `?places=` what more places cost, with a button that confirms exactly that."""
    row = attempt_of(request, study)
    form = PlacesForm(request.GET) if "places" in request.GET else None
    if form and not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(address_of(row))
    places = form.cleaned_data["places"] if form else None
    try:
        quoted = _quoted(row, places)
    except StudyError as error:
        messages.error(request, str(error))
        return redirect(address_of(row))
    confirm = ConfirmForm(initial={"cents": quoted.cents, "places": places})
    page = {"title": f"Costs of “{study}” on Prolific", "row": row, "quote": quoted, "cost": row.money(quoted.cents)}
    left = row.money(max(row.budget_cents - row.committed_cents(), 0))
    return render_page(request, study, "quote", {**page, "places": places, "form": confirm, "left": left})


@study_page(RUN_STUDY)
def costs(request: HttpRequest, study: Study) -> HttpResponse:
    """What Prolific says that the study has cost so far."""
    row = attempt_of(request, study)
    try:
        cost = from_settings().study_cost(row.prolific_id) if row.prolific_id else None
    except StudyError as error:
        messages.error(request, str(error))
        return redirect(address_of(row))
    amounts = [("Rewards", cost.rewards), ("Bonuses", cost.bonuses), ("Fees", cost.fees), ("VAT", cost.tax)] if cost else []
    page = {
        "title": f"What “{study}” has cost on Prolific",
        "row": row,
        "amounts": [(name, row.money(cents)) for name, cents in amounts],
        "total": row.money(cost.total) if cost else "",
        "other_currency": cost.currency if cost and cost.currency not in ("", row.currency) else "",
    }
    return render_page(request, study, "costs", page)


def _quoted(row: ProlificStudy, places: int | None) -> Quote:
    """Raises AgainstTheRules for what cannot be asked for: publishing twice, fewer places."""
    if places is not None:
        return publishing.quote_more(row, from_settings(), places)
    refuse_published(row)
    return publishing.quote(row, from_settings())
