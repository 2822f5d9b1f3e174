"""The review of what was handed in: seen, decided on in bulk, each decision shown as it would be before it is done."""

import secrets
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from studies.channels.mturk.admin.assignments import COUNTS, FILTERS, assignments_of, elsewhere_of, rows_of
from studies.channels.mturk.admin.deciding import VERBS, WORD, Decision, decision_of, refuse_unsure
from studies.channels.mturk.admin.pages import ON_A_PAGE, posting_page, render_posting, who
from studies.channels.mturk.admin.telling import act, call_worker, tell
from studies.channels.mturk.errors import ImpossibleReview
from studies.channels.mturk.models import Assignment, Posting
from studies.channels.mturk.money import dollars
from studies.channels.mturk.review import Plan, do
from studies.errors import StudyError


@posting_page
def review(request: HttpRequest, posting: Posting) -> HttpResponse:
    """The assignments of a posting, those that wait for a decision first asked for."""
    status = request.GET.get("status", Assignment.Status.SUBMITTED)
    status = status if status in FILTERS else ""
    page = {
        "title": f"Review of posting {posting.pk}",
        "status": status,
        "filters": [(name, label, _number(posting, name)) for name, label in FILTERS.items()],
        "query": f"status={status}&",
        "verbs": VERBS.items(),
        **(_elsewhere(request, posting) if status == "elsewhere" else _assignments(request, posting, status)),
    }
    return render_posting(request, posting, "review", page)


@require_POST
@posting_page
def decide(request: HttpRequest, posting: Posting) -> HttpResponse:
    """Show what a decision would do; the second time, with the cents that were shown, do it."""
    try:
        decision = _asked(request, posting)
        plan = decision.plan(who(request), timezone.now())
        if not plan.intents:
            raise ImpossibleReview(f"{plan.said} {'; '.join(plan.left_out[:ON_A_PAGE])}")
    except StudyError as error:
        tell(request, error)
        return redirect(_back(request, posting))
    if "cents" not in request.POST:
        return _render_plan(request, posting, decision, plan)
    if act(request, lambda: _done(request, posting, decision, plan)):
        call_worker(request, posting)
        return redirect(_back(request, posting))
    return _render_plan(request, posting, decision, plan)


def _asked(request: HttpRequest, posting: Posting) -> Decision:
    everything = list(assignments_of(posting, request.POST.get("status", "")).values_list("pk", flat=True))
    return decision_of(posting, request.POST, everything, secrets.token_hex(8))


def _done(request: HttpRequest, posting: Posting, decision: Decision, plan: Plan) -> str:
    """Raises ImpossibleReview for a rejection that is not confirmed twice, or if it costs something else by now."""
    refuse_unsure(decision, request.POST.get("word", ""))
    if request.POST["cents"] != str(plan.cents):
        raise ImpossibleReview(f"Nothing was done: it costs {dollars(plan.cents)} now. Look at it again.")
    return do(posting, plan, who(request), timezone.now())


def _render_plan(request: HttpRequest, posting: Posting, decision: Decision, plan: Plan) -> HttpResponse:
    page = {
        "title": f"{VERBS[decision.name]}?",
        "verb": VERBS[decision.name],
        "decision": decision,
        "plan": plan,
        "word": WORD if decision.name == "reject" else "",
        "status": request.POST.get("status", ""),
        "back": _back(request, posting),
    }
    return render_posting(request, posting, "plan", page)


def _back(request: HttpRequest, posting: Posting) -> str:
    status = request.POST.get("status", "")
    address = reverse("admin:study_mturk_review", args=[posting.study_id, posting.pk])
    return f"{address}?status={status if status in FILTERS else ''}"


def _assignments(request: HttpRequest, posting: Posting, status: str) -> dict[str, Any]:
    found = assignments_of(posting, status).select_related("worker", "hit", "session").annotate(**COUNTS)
    pages = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return {"pages": pages, "rows": rows_of(posting, list(pages))}


def _elsewhere(request: HttpRequest, posting: Posting) -> dict[str, Any]:
    pages = Paginator(elsewhere_of(posting), ON_A_PAGE).get_page(request.GET.get("page"))
    return {"pages": pages, "visits": list(pages)}


def _number(posting: Posting, name: str) -> int:
    return elsewhere_of(posting).count() if name == "elsewhere" else assignments_of(posting, name).count()


URLS: list[URLPattern] = [
    path("<int:pk>/mturk/<int:number>/review/", review, name="study_mturk_review"),
    path("<int:pk>/mturk/<int:number>/decide/", decide, name="study_mturk_decide"),
]
