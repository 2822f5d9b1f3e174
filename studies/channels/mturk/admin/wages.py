"""Paying everyone fairly: what each worker earned in an hour, and the bonuses that would lift the low ones."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from studies.channels.mturk.admin.pages import ON_A_PAGE, posting_page, render_posting, who
from studies.channels.mturk.admin.quoting import MINIMUM_CENTS
from studies.channels.mturk.admin.telling import act, call_worker
from studies.channels.mturk.errors import BadAmount, ImpossibleReview
from studies.channels.mturk.fair_pay import plan_top_ups, wages_of_posting
from studies.channels.mturk.ledger import balance_of
from studies.channels.mturk.models import Posting
from studies.channels.mturk.money import cents_of, dollars
from studies.channels.mturk.review import Plan, do
from studies.channels.mturk.wages import Wages
from studies.models import Worker


@posting_page
def wages(request: HttpRequest, posting: Posting) -> HttpResponse:
    """The wages of a posting; with `?target=` the bonuses that would lift everybody to it."""
    found, target = wages_of_posting(posting), request.GET.get("target", "")
    page: dict[str, Any] = {
        "title": f"Wages of posting {posting.pk}",
        "wages": found,
        "minimum": MINIMUM_CENTS,
        "target": target,
        "balance": balance_of(posting),
        **(_workers(request, found) if found else {}),
        **(_proposal(request, posting, target) if target else {}),
        "query": f"target={target}&" if target else "",
    }
    return render_posting(request, posting, "wages", page)


@require_POST
@posting_page
def top_up(request: HttpRequest, posting: Posting) -> HttpResponse:
    """Send the bonuses that were proposed, if they cost what was shown."""
    target = request.POST.get("target", "")

    def done() -> str:
        plan = plan_top_ups(posting, cents_of(target), who(request), timezone.now())
        if not plan.intents or request.POST.get("cents") != str(plan.cents):
            raise ImpossibleReview(f"Nothing was sent: the top-ups cost {dollars(plan.cents)} now. Look at the proposal again.")
        return do(posting, plan, who(request), timezone.now())

    if act(request, done):
        call_worker(request, posting)
        target = ""
    address = reverse("admin:study_mturk_wages", args=[posting.study_id, posting.pk])
    return redirect(f"{address}?target={target}" if target else address)


def _workers(request: HttpRequest, found: Wages) -> dict[str, Any]:
    pages = Paginator(found.workers, ON_A_PAGE).get_page(request.GET.get("page"))
    known = Worker.objects.in_bulk([wage.worker for wage in pages])
    return {"pages": pages, "rows": [(known[wage.worker], wage, wage.seconds / 60) for wage in pages]}


def _proposal(request: HttpRequest, posting: Posting, target: str) -> dict[str, Any]:
    try:
        plan: Plan = plan_top_ups(posting, cents_of(target), who(request), timezone.now())
    except BadAmount as error:
        messages.error(request, str(error))
        return {}
    return {"plan": plan, "target_cents": cents_of(target)}


URLS: list[URLPattern] = [
    path("<int:pk>/mturk/<int:number>/wages/", wages, name="study_mturk_wages"),
    path("<int:pk>/mturk/<int:number>/top-up/", top_up, name="study_mturk_top_up"),
]
