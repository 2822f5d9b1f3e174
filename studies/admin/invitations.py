"""Invitations: a list of people in, a personal link for each of them out."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone

from studies.admin.pages import render_page, study_page
from studies.errors import NotInvited
from studies.invitations import Invited, invite, links_csv
from studies.models import LogLine, PersonalLink, Study
from studies.roles import RUN_STUDY

if TYPE_CHECKING:
    from django.db.models import QuerySet


class PeopleForm(forms.Form):
    people = forms.FileField(
        label="List of people",
        help_text="A CSV file with a column “name”; whatever else it holds is not read.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def invite(self, study: Study, who: str) -> int | None:
        """How many people of the list have a link now; None for a list with faults, which this form then tells."""
        try:
            with transaction.atomic():
                people = len(invite(study, self.cleaned_data["people"]))
                LogLine.objects.add(study, who, "invite", f"{people} people.", timezone.now())
        except NotInvited as error:
            for sentence in error.sentences:
                self.add_error("people", sentence)
            return None
        return people


@study_page(RUN_STUDY)
def invitations(request: HttpRequest, study: Study) -> HttpResponse:
    """Upload a list, and see who is invited."""
    form = PeopleForm(request.POST or None, request.FILES or None)
    if form.is_valid() and (people := form.invite(study, request.user.get_username())) is not None:
        messages.success(request, f"{people} people have a personal link. Download the links, and send each person theirs.")
        return redirect("admin:study_invitations", study.pk)
    page = {"title": f"Invitations to “{study}”", "form": form, "links": _links(study)}
    return render_page(request, study, "invitations", page)


@study_page(RUN_STUDY)
def links(_request: HttpRequest, study: Study) -> HttpResponse:
    """Everybody's link, as CSV."""
    lines = links_csv([Invited(link.name, link.address) for link in _links(study)])
    headers = {"Content-Disposition": 'attachment; filename="links.csv"'}
    return HttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _links(study: Study) -> "QuerySet[PersonalLink]":
    """Of people who were invited, not the ways back that others were given."""
    return study.personal_links.filter(rehearsal=False).exclude(name="").order_by("name")


URLS: list[URLPattern] = [
    path("<int:pk>/invitations/", invitations, name="study_invitations"),
    path("<int:pk>/links.csv", links, name="study_links"),
]
