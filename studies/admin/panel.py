"""What stands above the form of a study: how far it is, its links and files, its buttons; of a draft what it lacks."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from studies.actions import REOPENED, RESULTS_WERE_SEEN
from studies.admin.buttons import CloneForm, MoreVotesForm
from studies.admin.checks import checks_of
from studies.admin.downloads import HIDDEN, downloads
from studies.captions import counts
from studies.models import Study, Trial
from studies.roles import SEE_RESULTS


@dataclass(frozen=True)
class Votes:
    """People's votes, or those of the rehearsal: how many are in, where they are given, which files there are.

    results: the address of their tables and figures; empty where there are captions instead. captions: how many images of
    each prompt set have one, in sentences. hidden: why neither may be seen, in a sentence; empty if they may.
    """

    title: str
    done: int
    total: int
    link: str
    results: str
    files: list[tuple[str, str]]
    hidden: str
    captions: list[str]


def panel_of(study: Study, user: Any) -> dict[str, Any]:
    """What the panel shows to this user."""
    if study.is_draft:
        return {**checks_of(study), "clone_form": CloneForm()}
    return {
        "votes": [_votes(study, user, rehearsal=False), _votes(study, user, rehearsal=True)],
        "dropped": study.drops.values("prompt", "seed").distinct().count(),
        "drops": study.drops_by_condition(),
        "reopened": RESULTS_WERE_SEEN if study.is_open and study.log.filter(action=REOPENED).exists() else "",
        "more_votes_form": MoreVotesForm(),
        "clone_form": CloneForm(),
    }


def _votes(study: Study, user: Any, *, rehearsal: bool) -> Votes:
    done, total = Trial.objects.progress(study, rehearsal=rehearsal)
    hidden = _why_hidden(study, user, rehearsal)
    return Votes(
        title=_title(study, rehearsal),
        done=done,
        total=total,
        link=study.rehearsal_link if rehearsal else study.link,
        results="" if study.is_captioning else reverse("rehearsal_results" if rehearsal else "results", args=[study.pk]),
        files=[] if hidden else list(downloads(study, rehearsal=rehearsal)),
        hidden=hidden,
        captions=[count.said for count in counts(study, rehearsal=rehearsal)] if study.is_captioning else [],
    )


def _title(study: Study, rehearsal: bool) -> str:
    answers = "captions" if study.is_captioning else "votes"
    return f"Rehearsal, never mixed with {answers}" if rehearsal else answers.capitalize()


def _why_hidden(study: Study, user: Any, rehearsal: bool) -> str:
    if not user.has_perm(SEE_RESULTS):
        return "Your role sees no results."
    if study.is_captioning:  # captions favour no condition
        return ""
    return "" if rehearsal or study.shows_results else HIDDEN
