"""The result page of a study, and the files of its report; for those alone who may see results."""

import io
import mimetypes
import zipfile
from pathlib import Path
from typing import Any

from csp.constants import NONE
from csp.decorators import csp, csp_update
from django.contrib import admin
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from analysis.web import results_asked
from analysis.web.metrics_page import metrics_of
from analysis.web.models import StudyResults
from analysis.web.of_results import address, of_results
from analysis.web.results_files import files_of
from analysis.web.results_page import page_of, style_of
from studies.models import Study

REFRESH_SECONDS = 10
ZIP = "report.zip"
LOOKED_AT = (".html", ".svg", ".png")  # in the browser; others are saved

# Files stand alone: their styles and images are inside, no script runs, nothing is fetched, and they are of no origin.
OF_FILES: dict[str, Any] = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "font-src": ["data:"],
}
OF_FILES |= {"form-action": [NONE], "base-uri": [NONE], "frame-ancestors": [NONE], "sandbox": [True]}


@csp_update({"img-src": ["data:"]})  # the report holds its figures
@require_safe
@of_results
def results(request: HttpRequest, study: Study, rehearsal: bool) -> HttpResponse:
    """What `python -m analysis report` says of the study's votes, computed by a worker when somebody first asks."""
    page = {
        **admin.site.each_context(request),
        "title": f"{study}: results of the rehearsal" if rehearsal else f"{study}: results",
        "study": study,
        "rehearsal": rehearsal,
        "refresh_seconds": REFRESH_SECONDS,
        "again": address("results_again", study, rehearsal),
    }
    if not study.is_draft:
        page |= {"metrics": metrics_of(study, rehearsal), **_computed(study, rehearsal)}
        page["comes_again"] = page.get("is_awaited") or page["metrics"]["under_way"]
    return render(request, "analysis/results.html", page)


def _computed(study: Study, rehearsal: bool) -> dict[str, Any]:
    if not results_asked.has_answers(study, rehearsal=rehearsal):
        return {}
    now = timezone.now()
    asked = results_asked.ask(study, now, rehearsal=rehearsal)
    page: dict[str, Any] = {"asked": asked, "has_answers": True}
    if asked.under_way:
        page |= {"waits_long": asked.under_way.waits_long(now), "is_awaited": asked.newest is None}
    if asked.newest:
        page |= page_of(asked.newest, lambda name: address("results_file", study, rehearsal, name))
        page |= {"since": results_asked.votes_since(asked.newest), "most_counted": results_asked.MOST_COUNTED}
        page["zip"] = address("results_file", study, rehearsal, ZIP)
        page["style"] = address("results_style", study, rehearsal)
    return page


@require_POST
@of_results
def again(_request: HttpRequest, study: Study, rehearsal: bool) -> HttpResponse:
    """Forget that the computation failed, so that the page asks for it again."""
    StudyResults.objects.of(study, rehearsal=rehearsal).failed().delete()
    return redirect(address("results", study, rehearsal))


@require_safe
@of_results
def style(_request: HttpRequest, study: Study, rehearsal: bool) -> HttpResponse:
    """How the report looks on the result page."""
    return HttpResponse(style_of(_newest(study, rehearsal)), content_type="text/css; charset=utf-8")


@require_safe
@of_results
def file(request: HttpRequest, study: Study, rehearsal: bool, name: str) -> HttpResponseBase:
    """One file of the newest report, or all of them as a ZIP."""
    folder = _newest(study, rehearsal).folder
    files = files_of(folder)
    if name == ZIP:
        return _zipped(folder, files)
    if name not in files:  # names that are listed lead nowhere but into the folder
        raise Http404(f"The report has no file {name}.")
    return _sent(request, folder / name)


def _newest(study: Study, rehearsal: bool) -> StudyResults:
    newest = StudyResults.objects.of(study, rehearsal=rehearsal).done().first()
    if newest is None or not newest.is_whole:
        raise Http404("These results are not computed yet; the result page asks for them.")
    return newest


def _sent(request: HttpRequest, path: Path) -> HttpResponseBase:
    kind = mimetypes.guess_type(path.name)[0] or "text/plain"
    saved = path.suffix not in LOOKED_AT

    @csp(OF_FILES)
    def send(_request: HttpRequest) -> FileResponse:
        return FileResponse(path.open("rb"), as_attachment=saved, filename=path.name, content_type=_with_charset(kind))

    return send(request)


def _with_charset(kind: str) -> str:
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _zipped(folder: Path, files: list[str]) -> FileResponse:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in files:
            archive.write(folder / name, name)
    made.seek(0)
    return FileResponse(made, as_attachment=True, filename=ZIP, content_type="application/zip")
