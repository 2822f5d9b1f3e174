"""Prompt sets and their prompts."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generation.models import Prompt, PromptSet

if TYPE_CHECKING:
    PromptSetModelForm = forms.ModelForm[PromptSet]
    PromptSetModelAdmin = admin.ModelAdmin[PromptSet]
    PromptModelAdmin = admin.ModelAdmin[Prompt]
else:  # Django's own classes take no parameters
    PromptSetModelForm, PromptSetModelAdmin, PromptModelAdmin = forms.ModelForm, admin.ModelAdmin, admin.ModelAdmin


class PromptSetForm(PromptSetModelForm):
    """A prompt set, with room for more prompts."""

    new_prompts = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 8, "cols": 90}), help_text="One prompt a line."
    )

    class Meta:
        model = PromptSet
        fields = ("name", "source")

    def clean_new_prompts(self) -> list[Prompt]:
        """The prompts, not saved yet; those that the set has already are left out."""
        lines = dict.fromkeys(line.strip() for line in self.cleaned_data["new_prompts"].splitlines() if line.strip())
        there = set(self.instance.prompts.values_list("text", flat=True)) if self.instance.pk else set()
        prompts = [Prompt(text=line) for line in lines if line not in there]
        faults = []
        for prompt in prompts:
            try:
                prompt.clean_fields(exclude=["prompt_set"])
            except ValidationError as error:
                faults += [f"“{prompt.text[:40]}…”: {sentence}" for sentence in error.messages]
        if faults:
            raise ValidationError(faults)
        return prompts


@admin.register(PromptSet)
class PromptSetAdmin(PromptSetModelAdmin):
    form = PromptSetForm
    list_display = ("name", "prompts", "source")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PromptSet]:
        return super().get_queryset(request).annotate(prompt_count=Count("prompts"))

    def get_readonly_fields(self, _request: HttpRequest, obj: PromptSet | None = None) -> tuple[str, ...]:
        return ("prompts",) if obj else ()

    @admin.display(ordering="prompt_count")
    def prompts(self, prompt_set: PromptSet) -> SafeString:
        """How many there are, with a link to them."""
        address = reverse("admin:generation_prompt_changelist", query={"prompt_set__id__exact": prompt_set.pk})
        return format_html('<a href="{}">{}</a>', address, prompt_set.prompt_count)  # type: ignore[attr-defined]  # annotated above

    def save_model(self, request: HttpRequest, obj: PromptSet, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for prompt in form.cleaned_data["new_prompts"]:
            prompt.prompt_set = obj
        Prompt.objects.bulk_create(form.cleaned_data["new_prompts"])


@admin.register(Prompt)
class PromptAdmin(PromptModelAdmin):
    list_display = ("text", "prompt_set", "subset")
    list_filter = ("prompt_set", "subset")
    search_fields = ("text",)
