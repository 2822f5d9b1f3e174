"""What a draft still lacks and how many of its images are made, as a piece of its page that a script asks for again."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from generation.models import Image
from studies.admin.pages import VIEW_STUDY, study_page
from studies.comparisons import MISSING
from studies.models import Study, StudyCondition
from studies.readiness import readiness_of


@dataclass(frozen=True)
class Making:
    """How many images of a condition there are, of how many; flagged ones are made, too."""

    condition: StudyCondition
    total: int
    made: int
    flagged: int
    queued: int
    failed: int
    missing: int


@study_page(VIEW_STUDY)
def checks(request: HttpRequest, study: Study) -> HttpResponse:
    """The piece alone."""
    return render(request, "admin/studies/study/checks.html", checks_of(study))


def checks_of(study: Study) -> dict[str, Any]:
    """What the piece shows of a draft; nothing of other studies."""
    if not study.is_draft:
        return {"making": [], "faults": [], "is_draft": False}
    readiness = readiness_of(study)
    making = [
        Making(
            condition=condition,
            total=counts.total(),
            made=counts[Image.State.DONE] + counts[Image.State.FLAGGED],
            flagged=counts[Image.State.FLAGGED],
            queued=counts[Image.State.QUEUED],
            failed=counts[Image.State.FAILED],
            missing=counts[MISSING],
        )
        for condition, counts in readiness.images()
    ]
    return {"making": making, "faults": readiness.faults, "is_draft": True}
