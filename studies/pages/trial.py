"""One comparison and its questions, or one image to be described."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from studies.errors import NotFetched, TrialClosed
from studies.headers import worker_page
from studies.models import Trial
from studies.pages.answer_forms import answer_form, save
from studies.pages.trial_page import trial_page
from studies.pages.visitor import channel_of, closed, gone, next_address, trial_of_visitor


@worker_page
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, token: str) -> HttpResponse:
    """One comparison and its questions, or one image to be described."""
    trial = trial_of_visitor(request, token)
    if trial.state in (Trial.State.GIVEN_BACK, Trial.State.NEVER_ARRIVED, Trial.State.EXCLUDED):
        return gone(request, trial)
    if trial.state in (Trial.State.UNCONFIRMED, Trial.State.DONE):
        return redirect(next_address(trial.session))
    if request.method == "POST":
        return _answer(request, trial)
    if not trial.session.study.is_open:
        session = trial.session
        return closed(request, session.study, channel_of(session), session.visit, rehearsal=session.rehearsal)
    trial.mark_shown(timezone.now())
    return trial_page(request, trial, answer_form(trial))


def _answer(request: HttpRequest, trial: Trial) -> HttpResponse:
    form = answer_form(trial, request.POST)
    if not form.is_valid():
        return trial_page(request, trial, form, status=422)
    try:
        save(trial, form, timezone.now())
    except TrialClosed:
        trial.session.refresh_from_db()
        return gone(request, trial)
    except NotFetched:
        form.add_error(
            None, _("Not every image had reached you, so the answer was not counted. Look at them, and send it again.")
        )
        return trial_page(request, trial, form, status=422)
    return redirect(next_address(trial.session))
