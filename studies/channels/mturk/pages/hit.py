"""A HIT in Mechanical Turk's frame, all of it at one address: preview, consent, quiz, trials, and handing in.

It works without JavaScript and without cookies. A GET shows how far the assignment is; what changes anything is a POST.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from studies.channels.base import NotIdentified
from studies.channels.mturk.environments import EMULATOR
from studies.channels.mturk.frame import framed
from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.opening import may_begin_anew, open_session, session_of
from studies.channels.mturk.pages import steps
from studies.channels.mturk.visits import Visit, asked_by, sent_by
from studies.errors import NoPlaceLeft
from studies.headers import speak_for
from studies.models import Session, Worker
from studies.pages.entrance_form import EntranceForm
from studies.rate_limit import SESSIONS


@framed
@require_http_methods(["GET", "HEAD", "POST"])
def hit(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a HIT. What is wrong is said in the frame, too: of a page that may not be framed nothing is seen."""
    found = _behind(token)
    if found is None:
        reason = _("This page was not opened as Mechanical Turk opens it. Please return the HIT and accept it again.")
        return render(request, "mturk/refused.html", {"reason": reason}, status=404)
    speak_for(found.posting.study)
    try:
        visit = sent_by(request, found) if request.method == "POST" else asked_by(request, found)
    except NotIdentified as reason:
        return render(request, "mturk/refused.html", {"reason": reason}, status=403 if request.method == "POST" else 400)
    if visit is None:
        return render(request, "mturk/preview.html", steps.welcome(found))
    return _page(request, found, visit)


def _behind(token: str) -> Hit | None:
    """The HIT that was posted with that token, and whose pages are here; none of an emulator where there is none now."""
    hits = Hit.objects.select_related("posting__study").filter(posting__form=Posting.Form.EXTERNAL)
    hits = hits.exclude(posting__state=Posting.State.DRAFT)
    if not settings.MTURK_ENDPOINT_URL:
        hits = hits.exclude(posting__environment_name=EMULATOR)
    return hits.filter(token=token).first()


def _page(request: HttpRequest, hit: Hit, visit: Visit) -> HttpResponse:
    """How far the assignment is; a form moves it on."""
    worker = Worker.objects.called(hit.posting.environment.channel, visit.worker_id).first()
    session = session_of(hit, worker, visit.assignment_id) if worker else None
    if session is None or may_begin_anew(hit, session, timezone.now()):
        return _welcome(request, hit, visit, worker)
    if session.state in (Session.State.ABANDONED, Session.State.WITHDRAWN):
        return render(request, "mturk/over.html", {"rehearsal": session.rehearsal}, status=410)
    if session.next_trial() is None:
        return render(request, "mturk/submit.html", steps.handing_in(hit, session))
    step = steps.quiz if session.waits_for_quiz else steps.trial
    return step(request, session, visit, address_of(request, visit))


def _welcome(request: HttpRequest, hit: Hit, visit: Visit, worker: Worker | None) -> HttpResponse:
    """What the study asks of everybody before the first trial; whoever agreed in an earlier HIT starts at once."""
    known = worker is not None and Session.objects.filter(study=hit.posting.study, worker=worker).exists()
    form = EntranceForm(hit.posting.study, request.POST if request.method == "POST" else None)
    if request.method == "POST" and (known or form.is_valid()):
        return _refusal(request, hit, known=known) or _start(request, hit, visit, form)
    page = {**steps.welcome(hit), "form": form, "csrf_token": visit.token}
    return render(request, f"mturk/{'again' if known else 'welcome'}.html", page, status=422 if form.is_bound else 200)


def _refusal(request: HttpRequest, hit: Hit, *, known: bool) -> HttpResponse | None:
    """What is said to a network that too many new workers came from; anybody can make up ids, and each takes places."""
    return None if known or hit.posting.environment.rehearsal else SESSIONS.attempt(request, timezone.now())


def _start(request: HttpRequest, hit: Hit, visit: Visit, form: EntranceForm) -> HttpResponse:
    channel = hit.posting.environment.channel
    worker = Worker.objects.known_as(channel, visit.worker_id, plain_id=visit.worker_id)
    try:
        session = open_session(hit, worker, visit.assignment_id, timezone.now())
    except NoPlaceLeft as reason:
        page = {"reason": reason, "rehearsal": hit.posting.environment.rehearsal}
        return render(request, "mturk/refused.html", page, status=410)
    if form.is_valid() and (told := form.demographics()):
        session.demographics = told
        session.save(update_fields=["demographics"])
    return redirect(address_of(request, visit))


def address_of(request: HttpRequest, visit: Visit) -> str:
    """The page's own address, as Mechanical Turk opens it, with the token."""
    asked = {name: request.GET.get(name, "") for name in ("assignmentId", "hitId", "workerId", "turkSubmitTo")}
    return f"{request.path}?{urlencode({**asked, 'visit': visit.token})}"
