"""Runs: plan, queue, follow, retry."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from generation.models import Image, Run
from generation.plan import CannotPlan, plan
from generation.progress import progress_of
from generation.tasks import MOST_CALLED, call

if TYPE_CHECKING:
    RunModelAdmin = admin.ModelAdmin[Run]
else:  # Django's own classes take no parameters
    RunModelAdmin = admin.ModelAdmin


@admin.register(Run)
class RunAdmin(RunModelAdmin):
    list_display = ("name", "seeds", "batch_size", "progress", "created_at")
    search_fields = ("name",)
    filter_horizontal = ("conditions", "prompt_sets")
    actions = ("plan_and_queue", "retry_failed")
    change_form_template = "admin/generation/run/change_form.html"

    class Media:
        js = ("generation/progress.js",)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:pk>/queue/", self.admin_site.admin_view(require_POST(self.queue)), name="generation_run_queue"),
            path("<int:pk>/retry/", self.admin_site.admin_view(require_POST(self.retry)), name="generation_run_retry"),
            path("<int:pk>/progress/", self.admin_site.admin_view(self.show_progress), name="generation_run_progress"),
        ]
        return [*own, *super().get_urls()]

    def queue(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Plan one run and call the workers."""
        self._require_change(request)
        self.plan_and_queue(request, Run.objects.filter(pk=pk))
        return redirect("admin:generation_run_change", pk)

    def retry(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue the failed images of one run again."""
        self._require_change(request)
        self.retry_failed(request, Run.objects.filter(pk=pk))
        return redirect("admin:generation_run_change", pk)

    def show_progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far a run is, as a piece of its page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = get_object_or_404(Run, pk=pk)
        progress = progress_of(run)
        context = {
            "counts": [(state.label, progress.images[state.value]) for state in Image.State],
            "total": progress.total,
            "finished": progress.finished,
            "sentences": progress.sentences(),
            "reasons": run.needed_images().reasons(),
        }
        return render(request, "generation/progress.html", context)

    def _require_change(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    @admin.action(description="Plan and queue", permissions=["change"])
    def plan_and_queue(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        for run in runs:
            try:
                planned = plan(run)
            except CannotPlan as error:
                self.message_user(request, f"{run}: {error}", messages.ERROR)
                continue
            called = call(run.unfinished_batches().free(timezone.now())[:MOST_CALLED])
            self.message_user(request, f"{run}: {planned.images} images new, {called} batches waiting for a worker.")

    @admin.action(description="Retry failed", permissions=["change"])
    def retry_failed(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        for run in runs:
            self.message_user(request, f"{run}: {run.retry()} failed images queued again.")
        self.plan_and_queue(request, runs)

    @admin.display
    def progress(self, run: Run) -> str:
        counts = run.progress()
        return ", ".join(f"{count} {state}" for state, count in counts.items() if count) or "not planned yet"
