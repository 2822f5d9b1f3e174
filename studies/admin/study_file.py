"""A study's file, to be kept or sent to somebody else."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.text import slugify

from studies.admin.pages import VIEW_STUDY, study_page
from studies.models import Study
from studies.study_files import CannotDump, dump


@study_page(VIEW_STUDY)
def study_file(request: HttpRequest, study: Study) -> HttpResponse:
    """The whole design in YAML; a study with example pictures is told of the command that writes these, too."""
    try:
        text = dump(study)
    except CannotDump as error:
        messages.error(request, str(error))
        return redirect("admin:studies_study_change", study.pk)
    headers = {"Content-Disposition": f'attachment; filename="{slugify(study.name) or "study"}.yaml"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)


URLS: list[URLPattern] = [path("<int:pk>/study.yaml", study_file, name="study_file")]
