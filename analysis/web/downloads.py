"""A study's tables as files, made of its votes when they are asked for."""

import mimetypes
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from analysis.render import RENDERINGS
from analysis.tables import tables_of
from analysis.votes import read_votes
from analysis.web.gate import for_researchers, why_hidden
from studies.export import vote_lines
from studies.models import Study, Trial


@for_researchers
@require_safe
def table(request: HttpRequest, pk: int, name: str, *, rehearsal: bool) -> HttpResponse:
    """One of the files that `python -m analysis report` writes; 403 and a sentence while results are hidden."""
    study = get_object_or_404(Study, pk=pk)
    if name not in RENDERINGS:
        raise Http404(f"There is no {name}; there are {', '.join(RENDERINGS)}.")
    if why := why_hidden(study, request.user, rehearsal=rehearsal):
        page = {**admin.site.each_context(request), "title": "Results are hidden", "study": study, "why": why}
        return render(request, "analysis/hidden.html", page, status=403)
    if not Trial.objects.of(study, rehearsal=rehearsal).counted().exists():
        return HttpResponse("There are no votes yet to make tables of.", content_type="text/plain", status=404)
    text = RENDERINGS[name](tables_of(_votes(study, rehearsal)))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=mimetypes.guess_type(name)[0] or "text/plain; charset=utf-8", headers=headers)


def _votes(study: Study, rehearsal: bool) -> pd.DataFrame:
    """The study's votes, through the very file that a researcher downloads: one way in, and one set of checks."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "votes.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(vote_lines(study, rehearsal=rehearsal))
        return read_votes(path)
