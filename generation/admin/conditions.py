"""Checkpoints, and conditions with the settings that their methods know."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from generation import methods
from generation.admin.method_pages import method_pages
from generation.models import Checkpoint, Condition

if TYPE_CHECKING:
    ConditionModelForm = forms.ModelForm[Condition]
    CheckpointModelAdmin = admin.ModelAdmin[Checkpoint]
    ConditionModelAdmin = admin.ModelAdmin[Condition]
else:  # Django's own classes take no parameters
    ConditionModelForm, CheckpointModelAdmin, ConditionModelAdmin = forms.ModelForm, admin.ModelAdmin, admin.ModelAdmin

IDENTITY = ("method", "settings", "checkpoint", "scheduler", "evaluations", "size")


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
        return IDENTITY if obj and (obj.is_imported or obj.has_images) else ()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        context["methods"] = method_pages()
        return super().render_change_form(request, context, *args, **kwargs)
