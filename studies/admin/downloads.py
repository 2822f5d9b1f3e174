"""The votes files, and which files a study's page offers."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path, reverse

from studies.admin.pages import study_page
from studies.export import vote_lines
from studies.models import Study
from studies.roles import SEE_RESULTS

TABLES = ("tables.csv", "tables.tex", "tables.md", "tables.html")
HIDDEN = "The results are hidden until the study is closed: looking early tempts to stop early."


@study_page(SEE_RESULTS)
def votes(_request: HttpRequest, study: Study) -> HttpResponseBase:
    """The votes of people, once they may be looked at."""
    if not study.shows_results:
        raise PermissionDenied(HIDDEN)
    return _file(study, rehearsal=False)


@study_page(SEE_RESULTS)
def rehearsal_votes(_request: HttpRequest, study: Study) -> HttpResponseBase:
    """The votes of the rehearsal: they tell nothing of people."""
    return _file(study, rehearsal=True)


def _file(study: Study, *, rehearsal: bool) -> StreamingHttpResponse:
    """The votes file, sent as it is read."""
    headers = {"Content-Disposition": 'attachment; filename="votes.csv"'}
    return StreamingHttpResponse(vote_lines(study, rehearsal=rehearsal), content_type="text/csv", headers=headers)


def downloads(study: Study, *, rehearsal: bool) -> Iterator[tuple[str, str]]:
    """The address and the name of each file."""
    kind = "rehearsal" if rehearsal else "study"
    yield reverse(f"admin:{kind}_votes", args=[study.pk]), "votes.csv"
    for name in TABLES:
        yield reverse(f"{kind}_tables", args=[study.pk, name]), name


URLS: list[URLPattern] = [
    path("<int:pk>/votes.csv", votes, name="study_votes"),
    path("<int:pk>/rehearsal/votes.csv", rehearsal_votes, name="rehearsal_votes"),
]
