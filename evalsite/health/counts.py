"""What web processes count: answers by class of status, and errors that no page caught.

Under gunicorn each process counts in a file of its own (gunicorn.conf.py says where), and a scrape adds them all up, those of
processes that have ended, too.
"""

import os
from collections.abc import Callable

from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.multiprocess import MultiProcessCollector

OWN = CollectorRegistry()
ANSWERS = Counter("evalsite_http_answers", "Answers to requests, by class of status.", ["status"], registry=OWN)
ERRORS = Counter("evalsite_http_errors", "Errors that no page caught.", registry=OWN)


def count_answers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        ANSWERS.labels(f"{response.status_code // 100}xx").inc()
        return response

    return middleware


@receiver(got_request_exception)
def count_error(**_: object) -> None:
    ERRORS.inc()


def counts() -> CollectorRegistry:
    """What all processes of this gunicorn have counted, or this process alone where it serves by itself."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return OWN
    of_all = CollectorRegistry()
    MultiProcessCollector(of_all)  # type: ignore[no-untyped-call]
    return of_all
