"""Automatic metrics on the result page: what there is of them, asking for them, and their files."""

import csv
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from analysis.automatic.measured import csv_text
from analysis.automatic.metrics import METRICS
from analysis.web.measured_by import usual_for
from analysis.web.measured_rows import IMAGE_COLUMNS, image_rows, measured_of
from analysis.web.measurements_asked import NothingToMeasure, ask
from analysis.web.models import Measurement, MetricOfCondition, NotMeasured
from analysis.web.of_results import address, of_results
from studies.models import Study

BY_CONDITION, BY_IMAGE = "metrics.csv", "image-metrics.csv"


def metrics_of(study: Study, rehearsal: bool) -> dict[str, Any]:
    """What the page shows of a study's metrics."""
    measurements = Measurement.objects.filter(study=study).order_by("-pk")
    under_way, last = measurements.under_way().first(), measurements.exclude(finished_at=None).first()
    return {
        "under_way": under_way,
        "waits_long": under_way is not None and under_way.waits_long(timezone.now()),
        "failed": last if last and last.state == Measurement.State.FAILED else None,
        "are_there": MetricOfCondition.objects.filter(measurement__study=study).exists(),
        "missing": NotMeasured.objects.filter(measurement__study=study).select_related("prompt_set").order_by("pk"),
        "all": METRICS.values(),
        "by": usual_for(study),
        "ask": address("measure", study, rehearsal),
        "files": [(name, address("results_metrics", study, rehearsal, name)) for name in (BY_CONDITION, BY_IMAGE)],
    }


@require_POST
@of_results
def measure(request: HttpRequest, study: Study, rehearsal: bool) -> HttpResponse:
    """Have the metrics measured that were ticked."""
    chosen = [name for name in METRICS if name in request.POST.getlist("metric")]
    try:
        if chosen:
            ask(study, chosen, timezone.now())
        else:
            messages.error(request, "Tick one metric or more.")
    except NothingToMeasure as error:
        messages.error(request, str(error))
    return redirect(address("results", study, rehearsal))


@require_safe
@of_results
def metrics_file(_request: HttpRequest, study: Study, rehearsal: bool, name: str) -> HttpResponse:  # noqa: ARG001
    """The metrics of conditions, or those of single images, as CSV."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    if name == BY_CONDITION:
        response.write(csv_text(measured_of(study)))
    elif name == BY_IMAGE:
        csv.writer(response, lineterminator="\n").writerows([IMAGE_COLUMNS, *image_rows(study)])
    else:
        raise Http404(f"There is no file {name} of metrics.")
    return response
