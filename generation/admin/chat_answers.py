"""What was asked of a chat endpoint, what it said, and what that cost: nothing here changes or asks anything."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from generation.models import Caption, NegativeText
from generation.models.chat_answers import ChatAnswer

if TYPE_CHECKING:
    ChatAnswerModelAdmin = admin.ModelAdmin[ChatAnswer]
else:  # Django's own classes take no parameters
    ChatAnswerModelAdmin = admin.ModelAdmin

LONGEST_SHOWN = 200  # characters of an answer in the list


@admin.register(ChatAnswer)
class ChatAnswerAdmin(ChatAnswerModelAdmin):
    list_display = ("answer", "model", "tokens", "cost", "asked_at")
    list_filter = ("model", ("answered_at", admin.EmptyFieldListFilter))
    list_per_page = 50
    search_fields = ("text", "request", "reason")
    ordering = ("-pk",)
    change_list_template = "admin/generation/chatanswer/change_list.html"
    fields = (
        *("model", "url", "question", "text", "reason", "made_of_it"),
        *("prompt_tokens", "completion_tokens", "cost", "attempts", "asked_at", "answered_at", "request_sha256"),
    )

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: ChatAnswer | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: ChatAnswer | None = None) -> bool:
        return False

    def get_readonly_fields(self, _request: HttpRequest, _obj: ChatAnswer | None = None) -> tuple[str, ...]:
        return self.fields

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list, above it what the answers in it cost by model."""
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            response.context_data["costs"] = response.context_data["cl"].queryset.costs()
        return response

    @admin.display(description="answer")
    def answer(self, answer: ChatAnswer) -> str:
        """What was said, or why nothing was."""
        if answer.text:
            return Truncator(answer.text).chars(LONGEST_SHOWN)
        return f"{'no text' if answer.is_answered else 'not answered'}: {answer.reason or 'it waits'}"

    @admin.display
    def tokens(self, answer: ChatAnswer) -> str:
        """Of the question and of the answer."""
        return "–" if answer.prompt_tokens is None else f"{answer.prompt_tokens} + {answer.completion_tokens}"

    @admin.display
    def question(self, answer: ChatAnswer) -> SafeString:
        return format_html_join("", "<p>{}</p>", ((part,) for part in answer.asked.split("\n\n")))

    @admin.display
    def made_of_it(self, answer: ChatAnswer) -> SafeString:
        """The captions and negatives that this answer became."""
        return format_html_join("", "<p>{}</p>", ((link,) for link in _links(answer))) or SafeString("–")


def _links(answer: ChatAnswer) -> Iterator[SafeString]:
    for caption in Caption.objects.filter(provenance__chat_answer=answer.pk).select_related("image__prompt"):
        yield _link(caption, f"caption of the image of “{caption.image.prompt}”, seed {caption.image.seed}")
    for text in NegativeText.objects.filter(provenance__chat_answer=answer.pk).select_related("prompt"):
        yield _link(text, f"negative of “{text.prompt}”")


def _link(row: Model, words: str) -> SafeString:
    if not admin.site.is_registered(type(row)):
        return format_html("{}", words)
    return format_html('<a href="{}">{}</a>', reverse(f"admin:generation_{row._meta.model_name}_change", args=[row.pk]), words)
