"""Pictures on the admin's pages: small ones of a study's images, and the examples of its instructions."""

import io

import PIL.Image
from django.contrib import admin
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.cache import cache_control

from generation.models import Image
from studies.admin.pages import VIEW_STUDY, require
from studies.models import Example

SIDE = 192  # of a thumbnail, in pixels


@cache_control(private=True, max_age=3600)
def thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    """An image made small: a page of the gallery shows dozens."""
    require(request, VIEW_STUDY)
    image = get_object_or_404(Image, pk=pk)
    if not image.file:
        raise Http404("This image has not been made.")
    with image.file.open() as file, PIL.Image.open(file) as opened:
        small = opened.convert("RGB")
    small.thumbnail((SIDE, SIDE))
    encoded = io.BytesIO()
    small.save(encoded, "PNG")
    return HttpResponse(encoded.getvalue(), content_type="image/png")


def example(request: HttpRequest, study: int, pk: int) -> FileResponse:
    """An example as workers see it."""
    require(request, VIEW_STUDY)
    return FileResponse(get_object_or_404(Example, study=study, pk=pk).file.open(), content_type="image/png")


URLS: list[URLPattern] = [
    path("thumbnail/<int:pk>.png", admin.site.admin_view(thumbnail, cacheable=True), name="study_thumbnail"),
    path("<int:study>/example/<int:pk>.png", admin.site.admin_view(example), name="study_example"),
]
