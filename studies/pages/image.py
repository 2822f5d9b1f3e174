"""An image of a trial, for its own worker alone."""

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from studies.headers import worker_page
from studies.image_addresses import opened
from studies.models import Trial
from studies.pages.visitor import trial_of_visitor


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
