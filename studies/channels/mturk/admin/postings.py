"""The postings of a study, and the form of a draft."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone

from studies.admin.log import changes_of
from studies.admin.pages import study_page
from studies.channels.mturk.admin.forms import PostingForm, why_not
from studies.channels.mturk.admin.pages import posting_page, render_mturk, render_posting, who
from studies.channels.mturk.confirming import ACTION
from studies.channels.mturk.environments import NAMES, TITLES
from studies.channels.mturk.ledger import balance_of
from studies.channels.mturk.models import Assignment, Posting
from studies.models import LogLine, Study
from studies.roles import RUN_STUDY


@study_page(RUN_STUDY)
def postings(request: HttpRequest, study: Study) -> HttpResponse:
    """What was posted, with its money, and the form of a new draft, which a POST saves."""
    form = PostingForm(study, request.POST if request.method == "POST" else None)
    if posting := _saved(form, study, who(request)):
        messages.success(request, "The draft is saved. Nothing is posted before you have seen a quote and confirmed it.")
        return redirect("admin:study_mturk_posting", study.pk, posting.pk)
    page = {
        "title": f"“{study}” on Mechanical Turk",
        "form": form,
        "rows": [_row(posting) for posting in _postings(study)],
        "unusable": [(TITLES[name], reason) for name in NAMES if (reason := why_not(name))],
    }
    return render_mturk(request, study, "postings", page)


@posting_page
def edit(request: HttpRequest, posting: Posting) -> HttpResponse:
    """Change a draft; what was confirmed stays as it was quoted."""
    if not posting.is_draft:
        messages.error(request, "This posting is confirmed, so it stays as it was quoted. Make a new draft for anything else.")
        return redirect("admin:study_mturk_posting", posting.study_id, posting.pk)
    form = PostingForm(posting.study, request.POST if request.method == "POST" else None, instance=posting)
    if _saved(form, posting.study, who(request)):
        messages.success(request, "The draft is changed.")
        return redirect("admin:study_mturk_posting", posting.study_id, posting.pk)
    return render_posting(request, posting, "edit", {"title": f"Change posting {posting.pk}", "form": form})


@transaction.atomic
def _saved(form: PostingForm, study: Study, user: str) -> Posting | None:
    """Save what was sent, and log it; None for a form with faults, or that was not sent."""
    Study.objects.select_for_update().get(pk=study.pk)  # a draft that is confirmed at this moment is not changed any more
    if not form.is_valid():
        return None
    is_new = form.instance.pk is None
    if not is_new and not Posting.objects.filter(pk=form.instance.pk, state=Posting.State.DRAFT).exists():
        form.add_error(None, "This posting was confirmed meanwhile. Make a new draft.")
        return None
    posting = form.save()
    lines = changes_of(form, [])
    if is_new or lines:
        said = f"Posting {posting.pk} ({posting.environment_name}), {'a new draft' if is_new else 'draft changed'}"
        LogLine.objects.add(study, user, ACTION, "\n".join([said, *lines]), timezone.now())
    return posting


def _postings(study: Study) -> list[Posting]:
    return list(study.postings.annotate(hits_in_all=Count("hits")).order_by("-pk"))


def _row(posting: Posting) -> dict[str, object]:
    """A posting with what became of it."""
    return {
        "posting": posting,
        "environment": TITLES[posting.environment_name],
        "created": posting.hits.exclude(hit_id="").count(),
        "assignments": Assignment.objects.of(posting).count(),
        "balance": balance_of(posting),
    }


URLS: list[URLPattern] = [
    path("<int:pk>/mturk/", postings, name="study_mturk"),
    path("<int:pk>/mturk/<int:number>/edit/", edit, name="study_mturk_edit"),
]
