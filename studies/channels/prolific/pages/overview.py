"""The page of a study on Prolific: the plan, how it goes there, submissions to decide on, bonuses, and what is uncertain."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from studies.admin.pages import study_page
from studies.channels.prolific import planning
from studies.channels.prolific.bonuses import to_pay
from studies.channels.prolific.models import Intent, ProlificStudy, Submission
from studies.channels.prolific.pages import forms
from studies.channels.prolific.pages.common import address_of, attempt_of, render_page
from studies.channels.prolific.reconciling import strangers
from studies.channels.prolific.review import times_taken
from studies.channels.prolific.rules import DAYS_TO_REVIEW, check_median
from studies.errors import StudyError
from studies.models import Study
from studies.roles import RUN_STUDY

ON_A_PAGE = 100


@dataclass(frozen=True)
class ToPay:
    """Bonuses that were set up, with what paying them costs."""

    intent: Intent
    people: int
    total: str
    fees: str


@study_page(RUN_STUDY)
def overview(request: HttpRequest, study: Study) -> HttpResponse:
    """How the study does on Prolific; a form to plan it before that."""
    if not study.prolific_studies.exists():
        return _planning_page(request, study, forms.PlanForm(initial=_suggested(study)))
    return render_page(request, study, "overview", _page(request, attempt_of(request, study)))


@study_page(RUN_STUDY)
def plan(request: HttpRequest, study: Study) -> HttpResponse:
    """Plan the next attempt, or change the plan of one that was never published."""
    latest = study.prolific_studies.order_by("-attempt").first()
    changed = latest if latest and latest.is_planned else None
    form = forms.PlanForm(request.POST or None, instance=changed, initial=_suggested(study))
    if form.is_valid() and (row := _saved(form, study, request)):
        messages.success(request, "The plan is saved. Nothing was said to Prolific yet.")
        return redirect(address_of(row))
    return _planning_page(request, study, form)


def _saved(form: forms.PlanForm, study: Study, request: HttpRequest) -> ProlificStudy | None:
    """The attempt as planned; None for a plan that is refused, which the form then tells."""
    row, who, now = form.save(commit=False), request.user.get_username(), timezone.now()
    try:
        return planning.change_plan(row, who, now) if row.pk else planning.plan(study, row, who, now)
    except StudyError as error:
        form.add_error(None, str(error))
        return None


def _planning_page(request: HttpRequest, study: Study, form: forms.PlanForm) -> HttpResponse:
    return render_page(request, study, "plan", {"title": f"Plan “{study}” for Prolific", "form": form})


def _suggested(study: Study) -> dict[str, Any]:
    """From the study: its name, and the minutes that its sessions are expected to take."""
    trials = study.practice_trials + study.trials_per_session
    return {"title": study.name, "minutes": -(-trials * study.expected_seconds // 60), "screen_out_cents": 0}


def _page(request: HttpRequest, row: ProlificStudy) -> dict[str, Any]:
    submissions = row.submissions.select_related("session", "worker", "prolific_study").order_by("-started_at", "-pk")
    return {
        "title": f"“{row.study}” on Prolific",
        "row": row,
        "attempts": row.study.prolific_studies.order_by("attempt"),
        "submissions": Paginator(submissions, ON_A_PAGE).get_page(request.GET.get("page")),
        "query": f"attempt={row.attempt}&",
        "counts": _counts(row),
        "facts": list(_facts(row)),
        "median_warning": check_median(row.reward_cents, times_taken(row), row.currency),
        "strangers": list(strangers(row)),
        "uncertain": row.intents.unsettled().select_related("submission"),
        "waiting": set(row.intents.filter(state=Intent.State.WAITING).values_list("submission", flat=True)),
        "to_pay": [_to_pay(row, intent) for intent in to_pay(row)],
        "has_token": bool(settings.PROLIFIC_TOKEN),
        "is_over": row.status in (ProlificStudy.Status.AWAITING_REVIEW, ProlificStudy.Status.COMPLETED),
        "days_to_review": DAYS_TO_REVIEW,
        **_forms(row),
    }


def _forms(row: ProlificStudy) -> dict[str, Any]:
    return {
        "budget_form": forms.BudgetForm(initial={"budget": row.budget_cents}),
        "places_form": forms.PlacesForm(initial={"places": row.places + 1}),
        "reject_form": forms.RejectForm(),
        "return_form": forms.ReturnForm(),
        "bonus_form": forms.BonusForm(),
    }


def _facts(row: ProlificStudy) -> Iterator[tuple[str, str]]:
    yield "Status", row.status_in_words
    yield "Places", str(row.places)
    yield "Reward", f"{row.money(row.reward_cents)} for {row.minutes} minutes"
    yield "Review", row.get_review_display()
    if row.screen_out_cents:
        yield "Screened out", f"{row.money(row.screen_out_cents)}, {row.screen_out_places} at most"
    yield "Codes", f"{row.completion_code} (completed), {row.screen_out_code} (screened out)"
    yield "Committed", f"{row.money(row.committed_cents())} of {row.money(row.budget_cents)}"


def _counts(row: ProlificStudy) -> list[tuple[str, int]]:
    """How many submissions have each status, in the order of a submission's life."""
    statuses = list(row.submissions.values_list("status", flat=True))
    known = [status for status in Submission.Status if status in statuses]
    others = sorted(set(statuses) - set(known))
    return [(Submission(status=status).status_in_words, statuses.count(status)) for status in [*known, *others]]


def _to_pay(row: ProlificStudy, intent: Intent) -> ToPay:
    body = intent.body
    return ToPay(intent, len(body["cents"]), row.money(body["total"]), row.money(body["total"] - body["amount"]))
