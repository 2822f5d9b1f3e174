"""The steps of an assignment: what each page of the frame shows, and what its form does."""

import math
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from studies import markdown
from studies.channels.mturk.granting import grant_to
from studies.channels.mturk.models import FrameVisit, Hit, Qualification
from studies.channels.mturk.visits import PARAMETER, Visit
from studies.errors import NotFetched, NotReported, TrialClosed
from studies.models import Session, Trial
from studies.pages.answer_forms import AnswerForm, answer_form, save
from studies.pages.design import design_of
from studies.pages.quiz_form import QuizForm
from studies.pages.report_form import ReportForm
from studies.pages.trial_page import template_of, trial_context

REPORT = "report"  # in the address of the form that reports a broken image


def welcome(hit: Hit) -> dict[str, Any]:
    """What a worker reads before the first trial, and in the preview."""
    study = hit.posting.study
    design, sets = design_of(study), hit.comparisons.count()
    return {
        "study": study,
        "sets": sets,
        "minutes": math.ceil(sets * study.expected_seconds / 60),
        "rehearsal": hit.posting.environment.rehearsal,
        "instructions": design.instructions,
        "examples": design.examples,
        "consent": markdown.render(study.consent),
    }


def handing_in(hit: Hit, session: Session) -> dict[str, Any]:
    """The form that hands an assignment in at Mechanical Turk."""
    return {
        "rehearsal": session.rehearsal,
        "address": f"{hit.posting.environment.worker_site}/mturk/externalSubmit",
        "assignment_id": session.visit,
        "session": session.token,
    }


def quiz(request: HttpRequest, session: Session, visit: Visit, address: str) -> HttpResponse:
    """The study's questions; whoever passes is not asked again in another HIT."""
    form = QuizForm(session.study, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        session.try_quiz(passed_at=timezone.now() if form.is_valid() else None)
        if not session.waits_for_quiz:
            _note_passed(session)
            return redirect(address)
    design = design_of(session.study)
    page = {
        "form": form,
        "rehearsal": session.rehearsal,
        "instructions": design.instructions,
        "examples": design.examples,
        "csrf_token": visit.token,
    }
    return render(request, "mturk/quiz.html", page, status=422 if form.is_bound else 200)


def trial(request: HttpRequest, session: Session, visit: Visit, address: str) -> HttpResponse:
    """The trial that waits for an answer."""
    waiting = session.next_trial()
    assert waiting is not None  # noqa: S101 (asked for after seeing that there is one)
    if request.method != "POST":
        waiting.mark_shown(timezone.now())
        return _trial_page(request, waiting, visit, address, answer_form(waiting))
    if request.GET.get("trial") != waiting.token:
        return redirect(address)  # a second click on what is answered already
    if REPORT in request.GET:
        return _report(request, waiting, visit, address)
    return _answer(request, waiting, visit, address)


def _answer(request: HttpRequest, waiting: Trial, visit: Visit, address: str) -> HttpResponse:
    form = answer_form(waiting, request.POST)
    if form.is_valid():
        try:
            save(waiting, form, timezone.now())
        except TrialClosed:
            return redirect(address)
        except NotFetched:
            form.add_error(
                None, _("Not every image had reached you, so the answer was not counted. Look at them, and send it again.")
            )
        else:
            _hint(waiting)
            return redirect(address)
    return _trial_page(request, waiting, visit, address, form, status=422)


def _report(request: HttpRequest, waiting: Trial, visit: Visit, address: str) -> HttpResponse:
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _trial_page(request, waiting, visit, address, answer_form(waiting), form, status=422)
    with suppress(NotReported):
        waiting.report_broken(form.cleaned_data["text"], timezone.now())
    return redirect(address)


def _trial_page(
    request: HttpRequest,
    waiting: Trial,
    visit: Visit,
    address: str,
    form: AnswerForm,
    report_form: ReportForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = trial_context(waiting, form, report_form)
    answers_to = f"{address}&{urlencode({'trial': waiting.token})}"
    page |= {
        "page": template_of(waiting.session.study),
        "images": [(_with_token(image, visit), label) for image, label in page["images"]],
        "preload": [_with_token(image, visit) for image in page["preload"]],
        "answer_address": answers_to,
        "report_address": f"{answers_to}&{REPORT}=1",
        "csrf_token": visit.token,
    }
    return render(request, "mturk/trial.html", page, status=status)


def _with_token(address: str, visit: Visit) -> str:
    return f"{address}?{urlencode({PARAMETER: visit.token})}"


def _hint(answered: Trial) -> None:
    """Something is about to happen on Mechanical Turk, once the session is finished here."""
    if answered.session.next_trial() is None:
        FrameVisit.objects.select_related("hit").get(session=answered.session).hit.hint(timezone.now())


def _note_passed(session: Session) -> None:
    """Let Mechanical Turk know, too, where the study has a qualification for it."""
    hit = FrameVisit.objects.select_related("hit__posting__study").get(session=session).hit
    grant_to(hit.posting, Qualification.Kind.PASSED_QUIZ, [session.worker], timezone.now())
