"""One comparison, its images and its questions."""

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from studies import markdown
from studies.errors import NotFetched, TrialClosed
from studies.forms import VoteForm
from studies.headers import worker_page
from studies.image_addresses import address_of, opened
from studies.models import Trial
from studies.pages.visitor import closed, expired, next_address, trial_of_visitor


@worker_page
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, token: str) -> HttpResponse:
    """One comparison and its questions."""
    trial = trial_of_visitor(request, token)
    if trial.state in (Trial.State.GIVEN_BACK, Trial.State.EXCLUDED):
        return expired(request, trial.session)
    if trial.state == Trial.State.DONE:
        return redirect(next_address(trial.session))
    if request.method == "POST":
        return _vote(request, trial)
    if not trial.session.study.is_open:
        return closed(request, rehearsal=trial.session.rehearsal)
    trial.mark_shown(timezone.now())
    return _trial_page(request, trial, VoteForm(trial))


@worker_page
@require_safe
def image(request: HttpRequest, signed: str) -> HttpResponse:
    """An image of a trial by its signed address, to the trial's own worker only."""
    try:
        token, position = opened(signed, timezone.now())
    except BadSignature as error:
        raise Http404(str(error)) from error
    trial = trial_of_visitor(request, token)
    images = trial.images()
    if trial.state == Trial.State.GIVEN_BACK or not 1 <= position <= len(images):
        raise Http404
    with images[position - 1].file.open() as file:
        response = HttpResponse(file.read(), content_type="image/png")
    trial.mark_fetched(position)
    return response


def _vote(request: HttpRequest, trial: Trial) -> HttpResponse:
    form = VoteForm(trial, request.POST)
    if not form.is_valid():
        return _trial_page(request, trial, form, status=422)
    try:
        trial.record(form.votes(), timezone.now())
    except TrialClosed:
        return expired(request, trial.session)
    except NotFetched as error:
        form.add_error(None, str(error))
        return _trial_page(request, trial, form, status=422)
    return redirect(next_address(trial.session))


def _trial_page(request: HttpRequest, trial: Trial, form: VoteForm, status: int = 200) -> HttpResponse:
    session = trial.session
    following = session.trials.open().filter(number__gt=trial.number).first()
    page = {
        "form": form,
        "rehearsal": session.rehearsal,
        "number": trial.number,
        "total": session.progress.total,
        "prompt": trial.comparison.prompt.text,
        "note": markdown.render(trial.note, highest=2),
        "instructions": markdown.render(session.study.instructions),
        "images": _image_addresses(trial),
        "preload": _image_addresses(following) if following else [],
    }
    return render(request, "studies/trial.html", page, status=status)


def _image_addresses(trial: Trial) -> list[str]:
    now = timezone.now()
    return [address_of(trial, position, now) for position, _ in enumerate(trial.shown, start=1)]
