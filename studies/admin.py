"""Designing, publishing and following a study."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from studies.errors import NotPublishable
from studies.export import vote_lines
from studies.instructions import CONSENT, CRITERIA, TEMPLATES
from studies.models import Criterion, Study, StudyCondition, StudyPromptSet, Trial
from studies.publishing import publish

if TYPE_CHECKING:
    StudyModelAdmin = admin.ModelAdmin[Study]
    StudyInline = admin.TabularInline[Any, Study]
    CriterionModelForm = forms.ModelForm[Criterion]
else:  # Django's own classes take no parameters
    StudyModelAdmin, StudyInline, CriterionModelForm = admin.ModelAdmin, admin.TabularInline, forms.ModelForm

TABLES = ("tables.csv", "tables.tex", "tables.md", "tables.html")


class DesignInline(StudyInline):
    """A part of the design: can be changed while the study is a draft."""

    def has_add_permission(self, request: HttpRequest, obj: Study | None = None) -> bool:
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_delete_permission(request, obj)


def _is_draft(study: Study | None) -> bool:
    return study is None or study.is_draft


class ConditionInline(DesignInline):
    model = StudyCondition
    extra, max_num = 2, 4


class PromptSetInline(DesignInline):
    model = StudyPromptSet
    template = "admin/edit_inline/stacked.html"  # long texts
    extra = 1


class CriterionForm(CriterionModelForm):
    """A criterion; one proposed from the start is saved as it stands, and left out if it is emptied."""

    class Meta:
        widgets = {"question": forms.TextInput(attrs={"size": 60})}

    def has_changed(self) -> bool:
        if self.instance.pk:
            return super().has_changed()
        return any(self.data.get(self.add_prefix(field)) for field in ("name", "question"))


class CriterionInline(DesignInline):
    model = Criterion
    form = CriterionForm
    extra = len(CRITERIA)


@admin.register(Study)
class StudyAdmin(StudyModelAdmin):
    list_display = ("name", "state", "answered", "published_at")
    inlines = (ConditionInline, PromptSetInline, CriterionInline)
    actions = ("publish_selected",)
    fieldsets = (
        (None, {"fields": ("name", "instructions", "consent")}),
        ("Votes", {"fields": ("votes_wanted", "trials_per_session", "session_minutes", "seed")}),
    )
    progress = ("Progress", {"fields": ("state", "published_at", "people", "rehearsal", "drops")})

    def has_delete_permission(self, request: HttpRequest, obj: Study | None = None) -> bool:
        """Drafts alone: what was published is closed, so that no vote and no image that was shown is lost."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Study | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if _is_draft(obj) else (self.progress, *fieldsets)

    def get_readonly_fields(self, request: HttpRequest, obj: Study | None = None) -> Any:
        always = super().get_readonly_fields(request, obj)
        return always if _is_draft(obj) else (*always, *self.progress[1]["fields"], *Study.DESIGN)

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
            kwargs["initial"] = [{"name": name, "question": asks, "position": row} for row, (name, asks) in rows]
        return kwargs

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().add_view(request, form_url, {"templates": TEMPLATES.values(), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, {"templates": TEMPLATES.values(), **(extra_context or {})})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save as ever, and publish after the commit: nobody should wait for the database while images are re-encoded."""
        response: HttpResponse = super().changeform_view(request, *args, **kwargs)
        if study := getattr(request, "study_to_publish", None):
            self._publish(request, study)
        return response

    def get_urls(self) -> list[URLPattern]:
        votes = [
            path("<int:pk>/votes.csv", self.admin_site.admin_view(self.votes), {"rehearsal": False}, "study_votes"),
            path(
                "<int:pk>/rehearsal/votes.csv", self.admin_site.admin_view(self.votes), {"rehearsal": True}, "rehearsal_votes"
            ),
        ]
        return votes + super().get_urls()

    def votes(self, request: HttpRequest, pk: int, *, rehearsal: bool) -> StreamingHttpResponse:
        """The votes file, sent as it is read."""
        study = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, study):
            raise PermissionDenied
        headers = {"Content-Disposition": 'attachment; filename="votes.csv"'}
        return StreamingHttpResponse(vote_lines(study, rehearsal=rehearsal), content_type="text/csv", headers=headers)

    def response_add(self, request: HttpRequest, obj: Study, post_url_continue: str | None = None) -> HttpResponse:
        return self._after_button(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Study) -> HttpResponse:
        return self._after_button(request, obj) or super().response_change(request, obj)

    def _after_button(self, request: HttpRequest, study: Study) -> HttpResponse | None:
        """Do what a button of our own asks for, publishing only after the commit, and show the study again."""
        if "_publish" in request.POST:
            request.study_to_publish = study  # type: ignore[attr-defined]
        elif "_close" in request.POST:
            study.close()
        elif "_reopen" in request.POST:
            study.resume()
        else:
            return None
        return redirect("admin:studies_study_change", study.pk)

    @admin.action(description="Publish the selected studies", permissions=["change"])
    def publish_selected(self, request: HttpRequest, studies: models.QuerySet[Study]) -> None:
        for study in studies:
            self._publish(request, study)

    def _publish(self, request: HttpRequest, study: Study) -> None:
        try:
            publish(study, timezone.now())
        except NotPublishable as error:
            for sentence in error.sentences:
                messages.error(request, sentence)
            return
        messages.success(request, f"“{study}” is published. Comparisons: {study.comparisons.count()}.")

    @admin.display(description="trials answered")
    def answered(self, study: Study) -> str:
        done, total = Trial.objects.progress(study, rehearsal=False)
        return f"{done} of {total}"

    @admin.display(description="Votes")
    def people(self, study: Study) -> SafeString:
        return _progress_and_downloads(study, rehearsal=False)

    @admin.display(description="Rehearsal, never mixed with votes")
    def rehearsal(self, study: Study) -> SafeString:
        return _progress_and_downloads(study, rehearsal=True)

    @admin.display(description="Dropped prompt–seeds")
    def drops(self, study: Study) -> str:
        dropped = study.drops.values("prompt", "seed").distinct().count()
        by_condition = ", ".join(f"{name} {number}" for name, number in study.drops_by_condition().items())
        return f"{dropped}, for all conditions; images flagged as NSFW by condition: {by_condition}."


def _progress_and_downloads(study: Study, *, rehearsal: bool) -> SafeString:
    done, total = Trial.objects.progress(study, rehearsal=rehearsal)
    link = study.rehearsal_link if rehearsal else study.link
    return format_html(
        '{} of {} trials answered. Link: <a href="{}">{}</a><br>Download: {}',
        done,
        total,
        link,
        link,
        format_html_join(", ", '<a href="{}">{}</a>', _downloads(study, rehearsal)),
    )


def _downloads(study: Study, rehearsal: bool) -> Iterator[tuple[str, str]]:
    """The address and the name of each file."""
    kind = "rehearsal" if rehearsal else "study"
    yield reverse(f"admin:{kind}_votes", args=[study.pk]), "votes.csv"
    for name in TABLES:
        yield reverse(f"{kind}_tables", args=[study.pk, name]), name
