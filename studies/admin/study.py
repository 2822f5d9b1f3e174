"""The study editor, and the page of a study that runs."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone

from studies import actions
from studies.admin import buttons, captions, downloads, invitations, pictures, study_file
from studies.admin.checks import checks
from studies.admin.forms import StudyForm
from studies.admin.gallery import gallery
from studies.admin.inlines import INLINES, CriterionInline, is_draft
from studies.admin.log import changes_of, log
from studies.admin.panel import panel_of
from studies.admin.preview import preview
from studies.channels.mturk.admin import urls as mturk
from studies.channels.panel import panels_page
from studies.channels.prolific.admin import URLS as PROLIFIC_PAGES
from studies.errors import DesignFrozen
from studies.instructions import CONSENT, CRITERIA, TEMPLATES
from studies.models import LogLine, Study, Trial
from studies.roles import RUN_STUDY

if TYPE_CHECKING:
    StudyModelAdmin = admin.ModelAdmin[Study]
else:  # Django's own class takes no parameters
    StudyModelAdmin = admin.ModelAdmin

GOLD_JUDGES = {"correctness"}  # criteria to which an image of another prompt is a wrong answer, unless one says otherwise

FIELDSETS: Any = (
    (None, {"fields": ("name", "design", "seed")}),
    ("What workers read", {"fields": ("language", "instructions", "consent")}),
    ("Votes", {"fields": (("votes_wanted", "trials_per_session"), ("session_minutes", "expected_seconds"))}),
    (
        "Workers",
        {"fields": (("minimum_age", "practice_trials"), "adult_content", "asks_demographics", "invited_only", "withdrawal")},
    ),
    ("Who may not take part", {"fields": ("earlier_studies", "excluded_ids")}),
    ("Results", {"fields": ("shows_results_while_open",)}),
)

PAGES: list[URLPattern] = [
    path("<int:pk>/checks/", checks, name="study_checks"),
    path("<int:pk>/preview/", preview, name="study_preview"),
    path("<int:pk>/gallery/", gallery, name="study_gallery"),
    path("<int:pk>/log/", log, name="study_log"),
    *buttons.URLS,
    *captions.URLS,
    *downloads.URLS,
    *invitations.URLS,
    *mturk.URLS,
    *panels_page.URLS,
    *pictures.URLS,
    *PROLIFIC_PAGES,
    *study_file.URLS,
]


@admin.register(Study)
class StudyAdmin(StudyModelAdmin):
    form = StudyForm
    list_display = ("name", "state", "answered", "published_at")
    inlines = INLINES
    actions = ("publish_selected",)
    fieldsets = FIELDSETS
    filter_horizontal = ("earlier_studies",)

    class Media:
        css = {"all": ("studies/admin.css",)}
        js = ("studies/admin.js",)

    def has_delete_permission(self, request: HttpRequest, obj: Study | None = None) -> bool:
        """Drafts alone: what was published is closed, so that no vote and no image that was shown is lost."""
        return is_draft(obj) and super().has_delete_permission(request, obj)

    def has_run_study_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RUN_STUDY)

    def get_readonly_fields(self, request: HttpRequest, obj: Study | None = None) -> Any:
        always = super().get_readonly_fields(request, obj)
        return always if is_draft(obj) else (*always, *Study.DESIGN)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new study with the consent, and with the instructions that `?template=` names."""
        initial: dict[str, Any] = {"consent": CONSENT, **super().get_changeform_initial_data(request)}
        if template := TEMPLATES.get(request.GET.get("template", "")):
            initial["instructions"] = template.instructions
        return initial

    def get_formset_kwargs(self, request: HttpRequest, obj: Study, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if obj.pk is None and isinstance(inline, CriterionInline):
            rows = enumerate(CRITERIA.items())
            kwargs["initial"] = [
                {"name": name, "question": asks, "position": row, "has_gold_answer": name in GOLD_JUDGES}
                for row, (name, asks) in rows
            ]
        return kwargs

    def get_urls(self) -> list[URLPattern]:
        return PAGES + super().get_urls()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        context["templates"] = TEMPLATES.values()
        if study := context["original"]:
            context |= panel_of(study, request.user)
        return super().render_change_form(request, context, *args, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save as ever, and publish after the commit: nobody should wait for the database while images are re-encoded."""
        try:
            response: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except DesignFrozen as error:  # published while the form was being saved
            messages.error(request, str(error))
            return redirect(request.path)
        if study := getattr(request, "study_to_publish", None):
            buttons.act(request, study, actions.publish)
        return response

    def history_view(self, _request: HttpRequest, object_id: str, _extra_context: Any = None) -> HttpResponse:
        """The log tells more."""
        return redirect("admin:study_log", object_id)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the parts, too, and write down what the form and theirs changed."""
        super().save_related(request, form, formsets, change)
        lines = changes_of(form, formsets) if change else []
        if lines or not change:
            action = "change" if change else "create"
            LogLine.objects.add(form.instance, request.user.get_username(), action, "\n".join(lines), timezone.now())

    def response_add(self, request: HttpRequest, obj: Study, post_url_continue: str | None = None) -> HttpResponse:
        return self._after_button(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Study) -> HttpResponse:
        return self._after_button(request, obj) or super().response_change(request, obj)

    def _after_button(self, request: HttpRequest, study: Study) -> HttpResponse | None:
        """Publish only after the commit, if that is what was asked, and show the study again."""
        if "_publish" not in request.POST or not self.has_run_study_permission(request):
            return None
        request.study_to_publish = study  # type: ignore[attr-defined]
        return redirect("admin:studies_study_change", study.pk)

    @admin.action(description="Publish the selected studies", permissions=["run_study"])
    def publish_selected(self, request: HttpRequest, studies: models.QuerySet[Study]) -> None:
        for study in studies:
            buttons.act(request, study, actions.publish)

    @admin.display(description="trials answered")
    def answered(self, study: Study) -> str:
        done, total = Trial.objects.progress(study, rehearsal=False)
        return f"{done} of {total}"
