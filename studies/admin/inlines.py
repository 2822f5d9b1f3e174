"""The parts of a study's design in its editor."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from studies.admin.forms import ConditionForm, ConditionFormSet, CriterionForm, ExampleForm, PromptSetForm, QuizQuestionForm
from studies.instructions import CRITERIA
from studies.models import Criterion, Example, QualityPlan, QuizQuestion, Study, StudyCondition, StudyPromptSet
from studies.models.study import MOST_CONDITIONS

if TYPE_CHECKING:
    StudyInline = admin.TabularInline[Any, Study]
else:  # Django's own class takes no parameters
    StudyInline = admin.TabularInline

STACKED = "admin/edit_inline/stacked.html"  # for long texts and many fields


class DesignInline(StudyInline):
    """A part of the design: can be changed while the study is a draft."""

    def get_extra(self, request: HttpRequest, obj: Study | None = None, **kwargs: Any) -> int:
        """Empty rows to start with; later there is a button that adds one."""
        return super().get_extra(request, obj, **kwargs) if obj is None else 0

    def has_add_permission(self, request: HttpRequest, obj: Study | None = None) -> bool:
        return is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_delete_permission(request, obj)


def is_draft(study: Study | None) -> bool:
    return study is None or study.is_draft


class ConditionInline(DesignInline):
    model = StudyCondition
    form, formset = ConditionForm, ConditionFormSet
    extra, max_num = 2, MOST_CONDITIONS


class PromptSetInline(DesignInline):
    model = StudyPromptSet
    form = PromptSetForm
    template = STACKED
    extra = 1


class CriterionInline(DesignInline):
    model = Criterion
    form = CriterionForm
    extra = len(CRITERIA)


class QualityPlanInline(DesignInline):
    model = QualityPlan
    template = STACKED
    extra = max_num = 1
    can_delete = False
    verbose_name = "Quality of votes"
    fieldsets = (
        ("Checks among the trials", {"fields": (("gold_share", "repeat_share", "attention_share"),)}),
        (
            "Rules that flag a worker",
            {
                "fields": (
                    ("gold_accuracy", "attention_accuracy"),
                    ("repeat_consistency", "fastest_seconds"),
                    ("same_position", "ties"),
                    "fewest_trials",
                )
            },
        ),
    )

    def get_extra(self, request: HttpRequest, obj: Study | None = None, **kwargs: Any) -> int:  # noqa: ARG002 (Django calls it so)
        """The one plan of a draft is there to be filled in."""
        return self.extra if is_draft(obj) else 0


class QuizQuestionInline(DesignInline):
    model = QuizQuestion
    form = QuizQuestionForm
    template = STACKED
    extra = 0
    verbose_name_plural = "Quiz before the first trial"
    fields = ("question", "choices", ("answer", "position"), "explanation")


class ExampleInline(DesignInline):
    model = Example
    form = ExampleForm
    extra = 0
    verbose_name_plural = "Examples in the instructions"
    fields = ("picture", "file", "caption", "position")
    readonly_fields = ("picture",)

    @admin.display(description="image")
    def picture(self, example: Example) -> SafeString:
        if not example.pk:
            return SafeString("–")
        address = reverse("admin:study_example", args=[example.study_id, example.pk])
        return format_html('<img src="{}" width="96" alt="{}">', address, example.caption)


INLINES = (ConditionInline, PromptSetInline, CriterionInline, QualityPlanInline, QuizQuestionInline, ExampleInline)
