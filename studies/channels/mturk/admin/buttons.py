"""The buttons of a posting. What spends, ends or deletes is first shown as it would be, and done the second time."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from studies.channels.mturk import managing
from studies.channels.mturk.admin.pages import posting_page, render_posting, who
from studies.channels.mturk.admin.telling import act, call_worker, tell
from studies.channels.mturk.confirming import ACTION, raise_budget
from studies.channels.mturk.dry_run import as_said, dry_run
from studies.channels.mturk.models import Posting
from studies.channels.mturk.money import cents_of
from studies.channels.mturk.notifying import ask_for_notifications
from studies.channels.mturk.polling import poll
from studies.errors import StudyError
from studies.models import LogLine

Action = Callable[[HttpRequest, Posting, datetime], str]


def expire(request: HttpRequest, posting: Posting, now: datetime) -> str:
    return managing.expire(posting, who(request), now)


def delete(request: HttpRequest, posting: Posting, now: datetime) -> str:
    return managing.delete(posting, who(request), now)


def try_again(request: HttpRequest, posting: Posting, now: datetime) -> str:
    return managing.try_again(posting, who(request), now)


def replace(request: HttpRequest, posting: Posting, now: datetime) -> str:
    """Ask more workers for the votes that do not count."""
    return managing.add_assignments(posting, managing.votes_to_replace(posting), who(request), now)


def budget(request: HttpRequest, posting: Posting, now: datetime) -> str:
    return raise_budget(posting, cents_of(request.POST.get("budget", "")), who(request), now)


def notify(request: HttpRequest, posting: Posting, now: datetime) -> str:
    """Have Mechanical Turk tell a topic of Amazon SNS what happens."""
    return ask_for_notifications(posting, request.POST.get("topic", ""), who(request), now)


TYPED = ("budget", "topic")
ACTIONS: dict[str, tuple[str, Action]] = {
    "expire": ("Expire the HITs", expire),
    "delete": ("Delete the HITs", delete),
    "try-again": ("Try the refused calls again", try_again),
    "replace": ("Ask more workers", replace),
    "budget": ("Raise the budget", budget),
    "notify": ("Ask for notifications", notify),
}


def _button(name: str, title: str, action: Action) -> Callable[..., HttpResponseBase]:
    """Its view: a first POST shows what would be done, one that repeats what was shown does it."""

    @require_POST
    @posting_page
    def press(request: HttpRequest, posting: Posting) -> HttpResponse:
        if said := request.POST.get("said", ""):
            if act(request, lambda: as_said(lambda: action(request, posting, timezone.now()), said)):
                call_worker(request, posting)
            return redirect("admin:study_mturk_posting", posting.study_id, posting.pk)
        try:
            said = dry_run(lambda: action(request, posting, timezone.now()))
        except StudyError as error:
            tell(request, error)
            return redirect("admin:study_mturk_posting", posting.study_id, posting.pk)
        page = {"title": f"{title}?", "verb": title, "said": said, "name": name, "kept": _kept(request)}
        return render_posting(request, posting, "sure", page)

    return press


def _kept(request: HttpRequest) -> dict[str, str]:
    """What was typed, for the second step."""
    return {name: str(request.POST[name]) for name in TYPED if name in request.POST}


@require_POST
@posting_page
def poll_now(request: HttpRequest, posting: Posting) -> HttpResponse:
    """Ask Mechanical Turk what happened, all HITs of it; nothing is spent by that."""

    def polled() -> str:
        said = f"Polled. {poll(posting, timezone.now(), sweeps=True).said}"
        LogLine.objects.add(posting.study, who(request), ACTION, f"{posting}. {said}", timezone.now())
        return said

    act(request, polled)
    return redirect("admin:study_mturk_posting", posting.study_id, posting.pk)


URLS: list[URLPattern] = [
    path("<int:pk>/mturk/<int:number>/poll/", poll_now, name="study_mturk_poll"),
    *(
        path(f"<int:pk>/mturk/<int:number>/{name}/", _button(name, title, action), name=f"study_mturk_{name}")
        for name, (title, action) in ACTIONS.items()
    ),
]
