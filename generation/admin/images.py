"""A look at the images: nothing here changes one."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generation.admin.provenance import table_of
from generation.models import Image

if TYPE_CHECKING:
    ImageModelAdmin = admin.ModelAdmin[Image]
else:  # Django's own classes take no parameters
    ImageModelAdmin = admin.ModelAdmin


@admin.register(Image)
class ImageAdmin(ImageModelAdmin):
    list_display = ("thumbnail", "prompt", "seed", "state", "condition", "reason")
    list_display_links = ("prompt",)
    list_filter = ("state", "prompt__prompt_set", "condition", "run")
    list_select_related = ("prompt", "condition__checkpoint")
    list_per_page = 50
    search_fields = ("prompt__text", "=seed")
    ordering = ("prompt", "seed", "condition")
    fields = (
        *("picture", "prompt", "seed", "condition", "state", "reason", "screened_by", "unscreened_because"),
        *("finished_at", "sha256", "how_it_was_made"),
    )

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Image | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Image | None = None) -> bool:
        return False

    def get_readonly_fields(self, _request: HttpRequest, _obj: Image | None = None) -> tuple[str, ...]:
        return self.fields

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/file/", self.admin_site.admin_view(self.file), name="generation_image_file")
        return [own, *super().get_urls()]

    def file(self, request: HttpRequest, pk: int) -> FileResponse:
        """The image itself, for researchers."""
        image = get_object_or_404(Image, pk=pk)
        if not self.has_view_permission(request, image):
            raise PermissionDenied
        if not image.file:
            raise Http404("This image has not been made.")
        return FileResponse(image.file.open(), content_type="image/png")

    @admin.display(description="image")
    def thumbnail(self, image: Image) -> SafeString:
        return _shown(image, "96")

    @admin.display(description="image")
    def picture(self, image: Image) -> SafeString:
        return _shown(image, "384")

    @admin.display
    def how_it_was_made(self, image: Image) -> SafeString:
        return table_of(image.provenance)


def _shown(image: Image, width: str) -> SafeString:
    """The picture; a flagged one stays covered until it is asked for."""
    if not image.file:
        return SafeString("–")
    address = reverse("admin:generation_image_file", args=[image.pk])
    picture = format_html('<img src="{}" width="{}" alt="{}" loading="lazy">', address, width, image.prompt)
    if image.state == Image.State.FLAGGED:
        return format_html("<details><summary>flagged as NSFW: show</summary>{}</details>", picture)
    return picture
