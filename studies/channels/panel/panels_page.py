"""The page of a study's panels: the addresses to paste, what came by each, and a form to add or change one."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from studies.admin.log import changes_of
from studies.admin.pages import study_page
from studies.channels.panel.forms import PanelForm
from studies.channels.panel.models import PREFIX, PanelLink, PanelLinkQuerySet
from studies.models import LogLine, Session, Study, Trial
from studies.roles import RUN_STUDY


@dataclass(frozen=True)
class Row:
    """A panel and how much came by it: sessions that began and that ended, and trials whose votes count."""

    link: PanelLink
    started: int
    done: int
    answered: int


@study_page(RUN_STUDY)
def panels(request: HttpRequest, study: Study) -> HttpResponse:
    """The panels with their addresses and numbers; a POST adds one, or changes the one that the address names."""
    named = request.GET.get("panel")
    link = get_object_or_404(_links(study), link__channel=PREFIX + named) if named else None
    form = PanelForm(study, request.POST if request.method == "POST" else None, instance=link)
    if form.is_bound and (said := _saved(form, request.user.get_username())):
        messages.success(request, said)
        return redirect("admin:study_panels", study.pk)
    page = {"title": f"Panels of “{study}”", "form": form, "changed": link, "rows": list(_rows(study))}
    context = {**admin.site.each_context(request), "study": study, "opts": Study._meta, **page}
    return render(request, "admin/panel/panels.html", context)


@transaction.atomic
def _saved(form: PanelForm, who: str) -> str:
    """Save what was sent, and what was done, in a sentence; empty for a form with faults."""
    Study.objects.select_for_update().get(pk=form.study.pk)  # a double click would add the panel twice
    if not form.is_valid():
        return ""
    is_new = form.instance.pk is None
    panel = form.save().panel
    if lines := changes_of(form, []):
        LogLine.objects.add(form.study, who, "panel", "\n".join([f"{panel}:", *lines]), timezone.now())
    if is_new:
        return f"“{panel}” is a panel of this study. Give it the address in the table, with its own words for ids in it."
    return f"“{panel}” is changed. Where parameters have other names now, give the panel the new address."


def _links(study: Study) -> PanelLinkQuerySet:
    return PanelLink.objects.filter(link__study=study).select_related("link").order_by("link__channel")


def _rows(study: Study) -> Iterator[Row]:
    sessions = Session.objects.of(study, rehearsal=False).values("worker__channel")
    counted = sessions.annotate(started=Count("pk"), done=Count("pk", filter=Q(state=Session.State.DONE)))
    numbers = {row["worker__channel"]: (row["started"], row["done"]) for row in counted}
    trials = Trial.objects.of(study, rehearsal=False).counted().order_by().values("worker__channel")
    answered = dict(trials.annotate(answered=Count("pk")).values_list("worker__channel", "answered"))
    for link in _links(study):
        channel = link.link.channel
        yield Row(link, *numbers.get(channel, (0, 0)), answered.get(channel, 0))


URLS: list[URLPattern] = [path("<int:pk>/panels/", panels, name="study_panels")]
