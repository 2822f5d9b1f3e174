"""Publishing in two steps: a quote, and its confirmation under a budget."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from studies.channels.mturk.admin.pages import posting_page, render_posting, who
from studies.channels.mturk.admin.telling import act, call_worker
from studies.channels.mturk.confirming import ACTION, confirm
from studies.channels.mturk.environments import PRODUCTION
from studies.channels.mturk.errors import NotPostable
from studies.channels.mturk.models import Posting
from studies.channels.mturk.money import amount_of, cents_of, dollars
from studies.channels.mturk.quote import Quote, quote_for
from studies.models import LogLine

MINIMUM_CENTS = 725  # an hour: the United States' federal minimum wage, 29 U.S.C. § 206, which papers name beside theirs


@require_POST
@posting_page
def quote(request: HttpRequest, posting: Posting) -> HttpResponse:
    """What the posting would cost and what speaks against it."""
    if not posting.is_draft:
        messages.error(request, "This posting is confirmed already.")
        return redirect("admin:study_mturk_posting", posting.study_id, posting.pk)
    quoted = quote_for(posting, timezone.now())
    said = f"{posting}. Quote: {dollars(quoted.total)}, faults: {len(quoted.faults)}"
    LogLine.objects.add(posting.study, who(request), ACTION, said, timezone.now())
    return render_quote(request, posting, quoted)


@require_POST
@posting_page
def confirmed(request: HttpRequest, posting: Posting) -> HttpResponse:
    """Confirm what was quoted, under the budget that was typed; else show the quote as it is now."""
    if act(request, lambda: _confirm(request, posting)):
        call_worker(request, posting)
    posting.refresh_from_db()
    if not posting.is_draft:
        return redirect("admin:study_mturk_posting", posting.study_id, posting.pk)
    return render_quote(request, posting, quote_for(posting, timezone.now()))


def _confirm(request: HttpRequest, posting: Posting) -> str:
    quoted = request.POST.get("quoted", "")
    if not quoted.isdecimal():
        raise NotPostable(["Confirm the total of a quote."])
    return confirm(posting, cents_of(request.POST.get("budget", "")), int(quoted), who(request), timezone.now())


def render_quote(request: HttpRequest, posting: Posting, quoted: Quote) -> HttpResponse:
    page = {
        "title": f"Quote of posting {posting.pk}",
        "quote": quoted,
        "minimum": MINIMUM_CENTS,
        "is_low": quoted.hourly < MINIMUM_CENTS,
        "budget": request.POST.get("budget", _proposed(posting, quoted)),
    }
    return render_posting(request, posting, "quote", page)


def _proposed(posting: Posting, quoted: Quote) -> str:
    """The budget that the form begins with; of real money none, so that somebody types it."""
    return "" if posting.environment_name == PRODUCTION else amount_of(quoted.total)


URLS: list[URLPattern] = [
    path("<int:pk>/mturk/<int:number>/quote/", quote, name="study_mturk_quote"),
    path("<int:pk>/mturk/<int:number>/confirm/", confirmed, name="study_mturk_confirm"),
]
