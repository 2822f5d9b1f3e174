"""Doing what a button asks, telling what was done or why not, and calling a worker process to carry it out."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest
from kombu.exceptions import ChannelError, OperationalError

from studies.channels.mturk.errors import NotPostable
from studies.channels.mturk.models import Posting
from studies.channels.mturk.tasks import carry_out_posting
from studies.errors import StudyError


def act(request: HttpRequest, action: Callable[[], str]) -> bool:
    """Do it, and tell what was done or every reason against it; whether it was done."""
    try:
        said = action()
    except StudyError as error:
        tell(request, error)
        return False
    messages.success(request, said)
    return True


def tell(request: HttpRequest, error: StudyError) -> None:
    """Show a refusal, a sentence a line."""
    for sentence in error.sentences if isinstance(error, NotPostable) else [str(error)]:
        messages.error(request, sentence)


def call_worker(request: HttpRequest, posting: Posting) -> None:
    """Have what was written down carried out at once.

    The rows are the queue: where no message can be sent, the next round of the worker processes finds them all the same.
    """
    try:
        carry_out_posting.delay(posting.pk)
    except (OperationalError, ChannelError, OSError) as error:
        messages.warning(
            request,
            f"It is written down, but no worker process could be called ({error}). The next round of a worker process carries "
            f"it out; so does “manage.py mturk carry-out {posting.pk}”.",
        )
