"""The files of votes and checks, and which files a study's page offers."""

from collections.abc import Callable, Iterator

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from studies.admin.pages import study_page
from studies.caption_export import caption_lines
from studies.export import check_lines, vote_lines
from studies.models import Study
from studies.roles import SEE_RESULTS

# Sent as they are read.
ANSWERS = {"votes.csv": vote_lines, "checks.csv": check_lines, "captions.csv": caption_lines}
VOTES, CAPTIONS = ("votes.csv", "checks.csv"), ("captions.csv",)  # of a study of votes, and of a captioning study
HIDDEN = "The results are hidden until the study is closed: looking early tempts to stop early."


def _download(name: str, *, rehearsal: bool) -> Callable[..., HttpResponseBase]:
    """The view of a file: of people's answers once they may be looked at, of the rehearsal's at any time."""

    @study_page(SEE_RESULTS)
    def download(request: HttpRequest, study: Study) -> HttpResponseBase:
        if name not in _files_of(study):
            asked = "captions" if study.is_captioning else "votes"
            messages.error(request, f"There is no {name} here: this study asks for {asked}.")
            return redirect("admin:studies_study_change", study.pk)
        if not rehearsal and not study.shows_results and not study.is_captioning:
            raise PermissionDenied(HIDDEN)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(ANSWERS[name](study, rehearsal=rehearsal), content_type="text/csv", headers=headers)

    return download


def downloads(study: Study, *, rehearsal: bool) -> Iterator[tuple[str, str]]:
    """The address and the name of each file that the study can have."""
    kind = "rehearsal" if rehearsal else "study"
    for name in _files_of(study):
        yield reverse(f"admin:{kind}_{name}", args=[study.pk]), name


def _files_of(study: Study) -> tuple[str, ...]:
    return CAPTIONS if study.is_captioning else VOTES


URLS: list[URLPattern] = [
    *(path(f"<int:pk>/{name}", _download(name, rehearsal=False), name=f"study_{name}") for name in ANSWERS),
    *(path(f"<int:pk>/rehearsal/{name}", _download(name, rehearsal=True), name=f"rehearsal_{name}") for name in ANSWERS),
]
