"""Checkpoints, and conditions with the settings that their methods know."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation import methods, negatives
from generation.admin.method_pages import method_pages
from generation.models import Caption, Checkpoint, Condition

if TYPE_CHECKING:
    ConditionModelForm = forms.ModelForm[Condition]
    CheckpointModelAdmin = admin.ModelAdmin[Checkpoint]
    ConditionModelAdmin = admin.ModelAdmin[Condition]
else:  # Django's own classes take no parameters
    ConditionModelForm, CheckpointModelAdmin, ConditionModelAdmin = forms.ModelForm, admin.ModelAdmin, admin.ModelAdmin

IDENTITY = ("method", "settings", "negative_sources", "checkpoint", "scheduler", "evaluations", "size")


@admin.register(Checkpoint)
class CheckpointAdmin(CheckpointModelAdmin):
    list_display = ("__str__", "safety_checker", "unscreened_because")

    def get_readonly_fields(self, _request: HttpRequest, obj: Checkpoint | None = None) -> tuple[str, ...]:
        return ("name", "revision") if obj and obj.has_conditions else ()


class ConditionForm(ConditionModelForm):
    """A condition with the registry's methods to choose from; imported images bring theirs along."""

    method = forms.ChoiceField(choices=[(name, name) for name in methods.METHODS])

    class Meta:
        model = Condition
        fields = IDENTITY


@admin.register(Condition)
class ConditionAdmin(ConditionModelAdmin):
    form = ConditionForm
    list_display = ("__str__", "method", "checkpoint", "scheduler", "evaluations", "size")
    list_filter = ("method", "checkpoint")
    list_select_related = ("checkpoint",)
    change_form_template = "admin/generation/condition/change_form.html"

    class Media:
        css = {"all": ("generation/methods.css",)}

    def get_readonly_fields(self, _request: HttpRequest, obj: Condition | None = None) -> tuple[str, ...]:
        """Everything, once the condition has an image or was imported."""
        counted = ("captions",) if obj and obj.sources_of_dns_images else ()
        return (*IDENTITY, *counted) if obj and (obj.is_imported or obj.has_images) else counted

    def get_fields(self, _request: HttpRequest, obj: Condition | None = None) -> tuple[str, ...]:
        return (*IDENTITY, "captions") if obj and obj.sources_of_dns_images else IDENTITY

    @admin.display
    def captions(self, condition: Condition) -> SafeString:
        """How many captions there are of its diffusion-negative images, and how many of these say nothing."""
        return format_html_join("", "<p>{}</p>", ((_counted(condition, each),) for each in condition.sources_of_dns_images))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        context["methods"] = method_pages()
        context["sources"] = negatives.describe_sources()
        return super().render_change_form(request, context, *args, **kwargs)


def _counted(condition: Condition, source: negatives.Source) -> SafeString:
    captioner = negatives.captioner_of(source)
    of_its_images = {"captioner": captioner, "image__condition__fingerprint": condition.dns_fingerprint(source)}
    captions = Caption.objects.filter(**of_its_images)
    done, empty = captions.filter(state=Caption.State.DONE).count(), captions.indescribable().count()
    address = reverse("admin:generation_caption_changelist", query={"captioner__exact": captioner})
    return format_html('<a href="{}">{}</a>: {} made, {} of them say nothing', address, captioner, done + empty, empty)
