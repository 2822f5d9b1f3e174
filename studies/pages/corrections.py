"""Taking the last answer back, and reporting an image that is broken."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from studies.errors import NotReported, NotUndoable
from studies.headers import worker_page
from studies.models import Trial
from studies.pages.answer_forms import answer_form
from studies.pages.report_form import ReportForm
from studies.pages.trial_page import trial_page
from studies.pages.visitor import next_address, session_of_visitor, trial_of_visitor


@worker_page
@require_POST
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Open the session's last answer again.

    The page says which trial it means, so that a double click takes back one answer and not two.
    """
    session = session_of_visitor(request, token)
    trial = get_object_or_404(session.trials.all(), token=request.POST.get("trial", ""))
    # What cannot be taken back any more stays as it is, and the worker goes on.
    with suppress(NotUndoable):
        trial.undo(timezone.now())
    return redirect(next_address(session))


@worker_page
@require_POST
def report(request: HttpRequest, token: str) -> HttpResponse:
    """Note that an image is broken, and go on with the next trial."""
    trial = trial_of_visitor(request, token)
    if trial.state != Trial.State.OPEN:
        return redirect(next_address(trial.session))
    form = ReportForm(request.POST)
    if not form.is_valid():
        return trial_page(request, trial, answer_form(trial), form, status=422)
    # The second of two clicks at once reports nothing new.
    with suppress(NotReported):
        trial.report_broken(form.cleaned_data["text"], timezone.now())
    return redirect(next_address(trial.session))
