"""The page of a posting: what it is, how far it is, what it costs, and its buttons."""

from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from studies.channels.mturk.admin.forms import PostingForm
from studies.channels.mturk.admin.ledger import about, intents_of
from studies.channels.mturk.admin.pages import posting_page, render_posting
from studies.channels.mturk.ledger import balance_of
from studies.channels.mturk.managing import votes_to_replace
from studies.channels.mturk.models import Assignment, Hit, Intent, Posting
from studies.channels.mturk.money import amount_of
from studies.channels.mturk.notifying import address_for

SHOWN = 20  # refused calls; the ledger lists all


@posting_page
def posting(request: HttpRequest, posting: Posting) -> HttpResponse:
    """A draft with its way to a quote; or what became of what was confirmed."""
    page: dict[str, Any] = {"title": f"Posting {posting.pk}", "settings": list(_settings(posting))}
    if not posting.is_draft:
        page |= _progress(posting)
    return render_posting(request, posting, "posting", page)


def _settings(posting: Posting) -> list[tuple[str, object]]:
    """What the form says of a posting, in words."""
    form = PostingForm(posting.study, instance=posting)
    return [(str(field.label), _told(field)) for field in form if _told(field) != ""]


def _told(field: Any) -> object:
    value = field.value()
    if isinstance(value, bool):
        return "yes" if value else "no"
    choices = dict(getattr(field.field, "choices", []))
    if value in (None, ""):
        return ""
    return str(choices.get(value, value))


def _progress(posting: Posting) -> dict[str, Any]:
    hits = posting.hits.aggregate(
        total=Count("pk"),
        created=Count("pk", filter=~Q(hit_id="")),
        over=Count("pk", filter=Q(state__in=[Hit.State.REVIEWABLE, Hit.State.REVIEWING, Hit.State.DISPOSED])),
        deleted=Count("pk", filter=Q(state=Hit.State.DISPOSED)),
        wanted=Sum("max_assignments"),
    )
    assignments = Assignment.objects.of(posting)
    replace = votes_to_replace(posting)
    balance = balance_of(posting)
    refused = list(intents_of(posting).filter(state=Intent.State.REFUSED))
    return {
        "hits": hits,
        "answers": dict(assignments.order_by().values_list("status").annotate(number=Count("pk"))),
        "handed_in": assignments.count(),
        "faulty": assignments.exclude(fault="").count(),
        "balance": balance,
        "budget": amount_of(balance.budget),
        "waiting": posting.intents.filter(state__in=[Intent.State.WANTED, Intent.State.CALLING]).count(),
        "refused": [(intent, about(intent)) for intent in refused[:SHOWN]],
        "refused_in_all": len(refused),
        "notifications": address_for(posting),
        "topics": [one.details["topic"] for one in posting.intents.filter(operation=Intent.Operation.NOTIFY)],
        "replace_hits": len(replace),
        "replace_votes": sum(replace.values()),
    }


URLS: list[URLPattern] = [path("<int:pk>/mturk/<int:number>/", posting, name="study_mturk_posting")]
