"""A look at the images: nothing here changes one."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation import negatives
from generation.admin.looking import PICTURE, THUMBNAIL, LookOnly, linked, shown
from generation.admin.provenance import table_of
from generation.models import Caption, Image, NegativeText, Prompt
from generation.seeds import LARGEST_SEED

NO_ROW = 0  # no primary key


@admin.register(Image)
class ImageAdmin(LookOnly[Image]):
    list_display = ("thumbnail", "prompt", "seed", "state", "condition", "reason")
    list_display_links = ("prompt",)
    list_filter = ("state", "prompt__prompt_set", "condition", "run")
    list_select_related = ("prompt", "condition__checkpoint")
    search_fields = ("prompt__text", "=seed")
    search_help_text = "Words of the prompt; a number is a seed."
    # In the order of an index, and in no other: a million rows cannot be sorted while somebody waits.
    ordering = ("prompt_id", "seed", "condition_id")
    sortable_by = ()
    fields = (
        *("picture", "prompt", "seed", "condition", "negative_text", "captions", "state", "reason", "screened_by"),
        *("unscreened_because", "finished_at", "sha256", "how_it_was_made"),
    )
    readonly_fields = fields

    def get_fields(self, request: HttpRequest, obj: Image | None = None) -> Any:
        """Of its negative and of captions only where there are such."""
        idle = set()
        if obj and not obj.condition.negative_sources:
            idle.add("negative_text")
        if obj and not obj.captions.exists():
            idle.add("captions")
        return [name for name in super().get_fields(request, obj) if name not in idle]

    def get_search_results(
        self, _request: HttpRequest, queryset: "QuerySet[Image]", search_term: str
    ) -> "tuple[QuerySet[Image], bool]":
        """Images of prompts with all the words, and of the seed if there is a number; never a duplicate."""
        words = search_term.split()
        if not words:
            return queryset, False
        prompts = Prompt.objects.all()
        for word in (word for word in words if not word.isdecimal()):
            prompts = prompts.filter(text__icontains=word)
        found = queryset.filter(prompt_id__in=prompts.order_by().values("pk"))
        for word in filter(str.isdecimal, words):
            found = found.filter(seed=int(word)) if int(word) <= LARGEST_SEED else found.none()
        return found, False

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
        return shown(image, THUMBNAIL)

    @admin.display(description="image")
    def picture(self, image: Image) -> SafeString:
        return shown(image, PICTURE)

    @admin.display(description="negative")
    def negative_text(self, image: Image) -> SafeString:
        """The text, and below it what each source gave, with links to where that comes from."""
        if not image.negatives:
            waited_for = ", ".join(map(negatives.in_words, image.condition.negative_sources))
            return format_html("not there yet; it comes from {}", waited_for)
        parts = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', map(_part, image.negatives))
        return format_html("<p>{}</p><table>{}</table>", f"“{image.negative}”" if image.negative else "empty", parts)

    @admin.display
    def captions(self, image: Image) -> SafeString:
        """What captioners say of it."""
        captions = ((caption.captioner, linked(caption, str(caption))) for caption in image.captions.order_by("captioner"))
        return format_html_join("", "<p>{}: {}</p>", captions)

    @admin.display
    def how_it_was_made(self, image: Image) -> SafeString:
        return table_of(image.provenance)


def _part(given: dict[str, Any]) -> tuple[str, SafeString, SafeString]:
    """What a source gave: the source, its text with a link to its row, and the diffusion-negative image."""
    words, text = negatives.in_words(given), given["text"] or "nothing"
    caption = Caption.objects.select_related("image__prompt").filter(pk=given.get("caption", NO_ROW)).first()
    if caption:
        image = linked(caption.image, "diffusion-negative image")
        return words, linked(caption, text), format_html("{} {}", shown(caption.image, THUMBNAIL), image)
    row = NegativeText.objects.filter(pk=given.get("negative_text", NO_ROW)).first()
    return words, linked(row, text) if row else format_html("{}", text), SafeString("")
