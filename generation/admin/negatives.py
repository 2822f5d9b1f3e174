"""Where negatives come from: captions of diffusion-negative images, texts that sources gave, and standard lists."""

import re
from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.safestring import SafeString

from generation import negatives
from generation.admin.looking import PICTURE, THUMBNAIL, LookOnly, images_with_links, linked, shown
from generation.admin.provenance import table_of
from generation.models import Caption, NegativeText, StandardNegatives

REVISION = re.compile(r"@(?:sha256:)?([0-9a-f]{8})[0-9a-f]+")

if TYPE_CHECKING:
    StandardNegativesModelAdmin = admin.ModelAdmin[StandardNegatives]
else:  # Django's own classes take no parameters
    StandardNegativesModelAdmin = admin.ModelAdmin


@admin.register(Caption)
class CaptionAdmin(LookOnly[Caption]):
    """A caption between the diffusion-negative image that it describes and the images that it leads away."""

    list_display = ("thumbnail", "caption", "by", "state", "prompt", "seed")
    list_display_links = ("caption",)
    list_filter = ("state", "captioner", "image__prompt__prompt_set")
    list_select_related = ("image__prompt",)
    search_fields = ("text", "image__prompt__text", "=image__seed")
    ordering = ("image__prompt", "image__seed", "captioner")
    fields = (
        *("picture", "described_image", "caption", "captioner", "state", "reason", "finished_at"),
        *("images_led_away", "how_it_was_made"),
    )
    readonly_fields = fields

    @admin.display(description="diffusion-negative image")
    def thumbnail(self, caption: Caption) -> SafeString:
        return shown(caption.image, THUMBNAIL)

    @admin.display(description="diffusion-negative image")
    def picture(self, caption: Caption) -> SafeString:
        return shown(caption.image, PICTURE)

    @admin.display(description="it was drawn for")
    def described_image(self, caption: Caption) -> SafeString:
        image = caption.image
        return linked(image, f"{image.prompt} · seed {image.seed} · {image.condition}")

    @admin.display(description="caption", ordering="text")
    def caption(self, caption: Caption) -> str:
        return str(caption)

    @admin.display(ordering="captioner")
    def by(self, caption: Caption) -> str:
        """The captioner with the first digits of its revision."""
        return REVISION.sub(r"@\1", caption.captioner)

    @admin.display(ordering="image__prompt")
    def prompt(self, caption: Caption) -> str:
        return caption.image.prompt.text

    @admin.display(ordering="image__seed")
    def seed(self, caption: Caption) -> int:
        return caption.image.seed

    @admin.display
    def images_led_away(self, caption: Caption) -> SafeString:
        return images_with_links(caption.images_led_away())

    @admin.display
    def how_it_was_made(self, caption: Caption) -> SafeString:
        return table_of(caption.provenance)


@admin.register(NegativeText)
class NegativeTextAdmin(LookOnly[NegativeText]):
    """A text that a source gave for a prompt, and the images that it leads away."""

    list_display = ("negative", "where_from", "prompt", "seed", "state", "reason")
    list_filter = ("state", "prompt__prompt_set")
    list_select_related = ("prompt",)
    search_fields = ("text", "prompt__text", "=seed")
    ordering = ("prompt", "seed", "key")
    fields = (
        *("prompt", "seed", "where_from", "negative", "state", "reason", "finished_at"),
        *("images_led_away", "how_it_was_made"),
    )
    readonly_fields = fields

    @admin.display(ordering="text")
    def negative(self, text: NegativeText) -> str:
        return text.text or text.get_state_display()

    @admin.display
    def where_from(self, text: NegativeText) -> str:
        return negatives.in_words(text.source)

    @admin.display
    def images_led_away(self, text: NegativeText) -> SafeString:
        return images_with_links(text.images_led_away())

    @admin.display
    def how_it_was_made(self, text: NegativeText) -> SafeString:
        return table_of({**text.source, **text.provenance})


@admin.register(StandardNegatives)
class StandardNegativesAdmin(StandardNegativesModelAdmin):
    list_display = ("name", "text")
    search_fields = ("name", "text")
