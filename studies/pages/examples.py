"""Example images: what the instructions show."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from studies.headers import worker_page
from studies.models import Example


@worker_page
@require_safe
def example(_request: HttpRequest, token: str) -> HttpResponse:
    """An example image, to whoever has its address: it is part of the instructions, which anybody with the link reads."""
    shown = get_object_or_404(Example, token=token)
    with shown.file.open() as file:
        return HttpResponse(file.read(), content_type="image/png")
