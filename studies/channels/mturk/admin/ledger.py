"""The ledger of a posting: every call that has an effect, as it was meant and as it went; a page and a file."""

import csv
import io
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path

from studies.channels.mturk.admin.pages import ON_A_PAGE, posting_page, render_posting
from studies.channels.mturk.ledger import balance_of
from studies.channels.mturk.models import Intent, Posting

COLUMNS = ("operation", "about", "cents", "state", "by", "at", "tries", "called_at", "done_at", "error")
STATES = [("", "All"), *((state.value, state.value.capitalize()) for state in Intent.State)]


@posting_page
def ledger(request: HttpRequest, posting: Posting) -> HttpResponse:
    """All intents, the latest first, and the money that they come to."""
    state = request.GET.get("state", "")
    found = intents_of(posting).order_by("-pk")
    found = found.filter(state=state) if state in Intent.State.values else found
    pages = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    page = {
        "title": f"Ledger of posting {posting.pk}",
        "pages": pages,
        "rows": [(intent, about(intent)) for intent in pages],
        "state": state,
        "states": STATES,
        "query": f"state={state}&",
        "balance": balance_of(posting),
    }
    return render_posting(request, posting, "ledger", page)


@posting_page
def ledger_file(_request: HttpRequest, posting: Posting) -> HttpResponseBase:
    """The same as CSV, the earliest first."""
    name = f"mturk-{posting.pk}-ledger.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(_lines(posting), content_type="text/csv; charset=utf-8", headers=headers)


def intents_of(posting: Posting) -> "QuerySet[Intent]":
    """With what about() reads."""
    return posting.intents.select_related("hit", "assignment", "worker", "qualification__study")


def about(intent: Intent) -> str:
    """What an intent is about, by the names that Mechanical Turk has for it where it has one."""
    if intent.assignment:
        return f"assignment {intent.assignment.assignment_id}"
    if intent.hit:
        return f"HIT {intent.hit.number}" + (f" ({intent.hit.hit_id})" if intent.hit.hit_id else "")
    if intent.worker and intent.qualification:
        return f"worker {intent.worker.pseudonym}: {intent.qualification.kind}"
    return intent.qualification.name if intent.qualification else "the posting"


def _lines(posting: Posting) -> Iterator[str]:
    yield _line(COLUMNS)
    for intent in intents_of(posting).order_by("pk").iterator(chunk_size=2000):
        times = [time.isoformat() if time else "" for time in (intent.at, intent.called_at, intent.done_at)]
        first = (intent.operation, about(intent), intent.cents, intent.state, intent.by, times[0], intent.tries)
        yield _line((*first, *times[1:], intent.error))


def _line(cells: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


URLS: list[URLPattern] = [
    path("<int:pk>/mturk/<int:number>/ledger/", ledger, name="study_mturk_ledger"),
    path("<int:pk>/mturk/<int:number>/ledger.csv", ledger_file, name="study_mturk_ledger_file"),
]
