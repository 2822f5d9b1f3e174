"""An image of a trial, for its own worker alone."""

from typing import NamedTuple

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from generation import log_ids
from generation.storage import store
from studies.headers import worker_page
from studies.image_addresses import opened
from studies.models import Trial, Worker
from studies.pages.visitor import refuse_others


class Row(NamedTuple):
    """A trial with one image of its comparison: all that sending an image takes, from one query."""

    trial: int
    shown: list[int]
    fetched: int
    channel: str
    study: int
    hashed_id: str
    condition: int
    file: str


FIELDS = (
    "pk",
    "shown",
    "fetched",
    "worker__channel",
    "comparison__study",
    "worker__hashed_id",
    "comparison__images__condition",
    "comparison__images__file",
)


@worker_page
@require_safe
def image(request: HttpRequest, signed: str) -> HttpResponseBase:
    """An image of a trial by its signed address, to the trial's own worker only."""
    try:
        token, position = opened(signed, timezone.now())
    except BadSignature as error:
        raise Http404(str(error)) from error
    row = _row(token, position)
    log_ids.note(study=row.study)
    refuse_others(request, Worker(channel=row.channel, hashed_id=row.hashed_id))
    stream = store().stream(row.file)
    response = StreamingHttpResponse(stream.chunks, content_type="image/png")
    response["Content-Length"] = stream.length
    if request.method == "GET":  # HEAD sends no image
        Trial(pk=row.trial, fetched=row.fetched).mark_fetched(position)
    return response


def _row(token: str, position: int) -> Row:
    """The row with the image at a position, from 1. Raises Http404 for a trial that went to somebody else."""
    rows = [Row(*values) for values in Trial.objects.taken().filter(token=token).values_list(*FIELDS)]
    at_position = [row for row in rows if row.condition == row.shown[position - 1]]
    if not at_position:
        raise Http404("There is no such image, or it is shown to somebody else now.")
    return at_position[0]
