"""Who may look at a study's results, and when: shares that are watched while votes come in tempt to stop early."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import AnonymousUser, User

from studies.models import Study
from studies.roles import SEE_RESULTS

View = Callable[..., Any]


def for_researchers(view: View) -> View:
    """Let only users in who may view studies; others log in first, or are refused."""
    allowed: View = staff_member_required(permission_required("studies.view_study", raise_exception=True)(view))
    return allowed


def why_hidden(study: Study, user: User | AnonymousUser, *, rehearsal: bool) -> str:
    """Why this user may not see the shares now and what to do about it; "" where they may.

    A rehearsal hides nothing from those whose role sees results: its votes tempt nobody to stop early.
    """
    if not user.has_perm(SEE_RESULTS):
        return "Your role does not see results. Ask whoever gives out roles for the permission “Can see votes and shares”."
    return why_too_early(study, rehearsal=rehearsal)


def why_too_early(study: Study, *, rehearsal: bool) -> str:
    """Why nobody may see the shares yet and what to do about it; "" where it is time. A command asks this alone."""
    if study.is_captioning:
        return (
            "This study asks for captions, not for votes, so that there are no shares. Its page in the admin has the captions."
        )
    if rehearsal or study.shows_results:
        return ""
    return (
        "Results stay hidden as long as the study can take votes, so that nobody is tempted to stop it early. "
        "Close the study to see them."
    )
