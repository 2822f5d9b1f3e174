"""Rows that are looked at in the admin, and changed by nothing there; and how their images are shown."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation.admin.paging import KeysFirst
from generation.models import Image

Row = TypeVar("Row", bound=Model)
NOTHING = SafeString("–")
THUMBNAIL, PICTURE = "96", "384"

if TYPE_CHECKING:
    RowModelAdmin = admin.ModelAdmin
else:  # Django's own class takes no parameters

    class RowModelAdmin(admin.ModelAdmin):
        def __class_getitem__(cls, _row: object) -> type:
            return cls


class LookOnly(RowModelAdmin[Row]):
    """An admin whose pages show `fields` and change nothing."""

    list_per_page = 50
    show_full_result_count = False  # counting all of a long list takes longer than showing a page of it
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/generation/long_list.html"

    def get_paginator(
        self,
        request: HttpRequest,  # noqa: ARG002 (Django calls it so)
        queryset: "QuerySet[Any]",
        per_page: int,
        orphans: int = 0,  # noqa: ARG002
        allow_empty_first_page: bool = True,  # noqa: ARG002
    ) -> KeysFirst:
        return KeysFirst(queryset, per_page, related=list(self.list_select_related))  # type: ignore[arg-type]  # ours are lists

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Row | None = None) -> bool:
        return False


def shown(image: Image, width: str) -> SafeString:
    """The picture, so many pixels wide; a flagged one stays covered until it is asked for."""
    if not image.file:
        return NOTHING
    address = reverse("admin:generation_image_file", args=[image.pk])
    picture = format_html('<img src="{}" width="{}" alt="{}" loading="lazy">', address, width, image.prompt)
    if image.state == Image.State.FLAGGED:
        return format_html("<details><summary>flagged as NSFW: show</summary>{}</details>", picture)
    return picture


def linked(row: Model, words: str) -> SafeString:
    """A link to the page of a row."""
    return format_html('<a href="{}">{}</a>', reverse(f"admin:generation_{row._meta.model_name}_change", args=[row.pk]), words)


def images_with_links(images: list[Image]) -> SafeString:
    """Images with their seeds and conditions, linked to their pages."""
    rows = ((shown(image, THUMBNAIL), linked(image, f"seed {image.seed} · {image.condition}")) for image in images)
    table = format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", rows)
    return format_html("<table>{}</table>", table) if table else NOTHING
