"""The quiz before the first trial: all questions on one page, as often as it takes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from studies.headers import worker_page
from studies.models import Session
from studies.pages.design import design_of
from studies.pages.quiz_form import QuizForm
from studies.pages.visitor import channel_of, closed, expired, next_address, session_of_visitor


@worker_page
@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request: HttpRequest, token: str) -> HttpResponse:
    """The study's questions; passing leads to the first trial."""
    session = session_of_visitor(request, token)
    if session.state == Session.State.ABANDONED:
        return expired(request, session)
    if session.state != Session.State.OPEN or not session.waits_for_quiz:
        return redirect(next_address(session))
    if not session.study.is_open:
        return closed(request, session.study, channel_of(session), session.visit, rehearsal=session.rehearsal)
    session.touch(timezone.now())
    if request.method == "POST":
        return _answered(request, session)
    return _quiz_page(request, session, QuizForm(session.study))


def _answered(request: HttpRequest, session: Session) -> HttpResponse:
    form = QuizForm(session.study, request.POST)
    session.try_quiz(passed_at=timezone.now() if form.is_valid() else None)
    if session.waits_for_quiz:
        return _quiz_page(request, session, form, status=422)
    return redirect(next_address(session))


def _quiz_page(request: HttpRequest, session: Session, form: QuizForm, status: int = 200) -> HttpResponse:
    design = design_of(session.study)
    page = {
        "form": form,
        "session": session,
        "rehearsal": session.rehearsal,
        "instructions": design.instructions,
        "examples": design.examples,
    }
    return render(request, "studies/quiz.html", page, status=status)
