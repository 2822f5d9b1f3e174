"""One button for each thing that is done to a study as a whole; no GET does any of it."""

from collections.abc import Callable
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from studies import actions
from studies.admin.pages import study_page
from studies.errors import NotPublishable, StudyError
from studies.models import Study
from studies.publishing import MOST_VOTES_ADDED
from studies.roles import RUN_STUDY

Action = Callable[[Study, str, datetime], str]
ACTIONS: dict[str, Action] = {
    "publish": actions.publish,
    "pause": actions.pause,
    "resume": actions.resume,
    "close": actions.close,
}


class MoreVotesForm(forms.Form):
    more = forms.IntegerField(label="More votes on each comparison", min_value=1, max_value=MOST_VOTES_ADDED, initial=1)


class CloneForm(forms.Form):
    new_workers = forms.BooleanField(label="without the workers of this study", required=False)


def act(request: HttpRequest, study: Study, action: Action) -> None:
    """Do it in the user's name, and tell what was done or why not."""
    try:
        messages.success(request, action(study, request.user.get_username(), timezone.now()))
    except NotPublishable as error:
        for sentence in error.sentences:
            messages.error(request, sentence)
    except StudyError as error:
        messages.error(request, str(error))


def _button(action: Action) -> Callable[..., HttpResponseBase]:
    @require_POST
    @study_page(RUN_STUDY)
    def press(request: HttpRequest, study: Study) -> HttpResponse:
        act(request, study, action)
        return redirect("admin:studies_study_change", study.pk)

    return press


@require_POST
@study_page(RUN_STUDY)
def add_votes(request: HttpRequest, study: Study) -> HttpResponse:
    """Ask for more votes on each comparison."""
    form = MoreVotesForm(request.POST)
    if form.is_valid():
        act(request, study, lambda study, who, now: actions.add_votes(study, who, now, form.cleaned_data["more"]))
    else:
        messages.error(request, f"Write how many more votes you want on each comparison, from 1 to {MOST_VOTES_ADDED}.")
    return redirect("admin:studies_study_change", study.pk)


@require_POST
@study_page("studies.add_study")
def clone(request: HttpRequest, study: Study) -> HttpResponse:
    """Make a draft of the same design, and go there."""
    form = CloneForm(request.POST)
    earlier = [study] if form.is_valid() and form.cleaned_data["new_workers"] else []
    draft = actions.clone(study, request.user.get_username(), timezone.now(), without_workers_of=earlier)
    messages.success(request, f"“{draft}” is a draft with the design of “{study}”.")
    return redirect("admin:studies_study_change", draft.pk)


URLS: list[URLPattern] = [
    *(path(f"<int:pk>/{name}/", _button(action), name=f"study_{name}") for name, action in ACTIONS.items()),
    path("<int:pk>/add-votes/", add_votes, name="study_add_votes"),
    path("<int:pk>/clone/", clone, name="study_clone"),
]
