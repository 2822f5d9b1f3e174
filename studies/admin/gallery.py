"""All images of a study: a row for each prompt and seed, a column for each condition; what was flagged stays covered."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse

from generation.models import Image, Prompt
from studies.admin.pages import VIEW_STUDY, render_page, study_page
from studies.models import Study, StudyCondition
from studies.pair_keys import Key, keys_of
from studies.tallies import images_of

ROWS_A_PAGE = 20


@dataclass(frozen=True)
class Row:
    """A prompt and seed with the image of each condition, None where there is none; `dropped`: no worker sees it."""

    prompt: Prompt
    seed: int
    images: list[Image | None]
    dropped: bool


@study_page(VIEW_STUDY)
def gallery(request: HttpRequest, study: Study) -> HttpResponse:
    """The images of one prompt set of a study, or of all."""
    chosen = list(study.prompt_sets.select_related("prompt_set"))
    asked = request.GET.get("set", "")
    picked = [part for part in chosen if str(part.pk) == asked] or chosen
    conditions = list(study.conditions.all())
    page = Paginator(keys_of(study, picked), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": f"Gallery of “{study}”",
        "conditions": conditions,
        "prompt_sets": chosen,
        "picked": picked[0] if len(picked) == 1 else None,
        "page": page,
        "rows": _rows(study, conditions, page),
        "query": f"set={asked}&" if asked else "",
    }
    return render_page(request, study, "gallery", context)


def _rows(study: Study, conditions: Sequence[StudyCondition], page: "Page[Key]") -> list[Row]:
    """The rows of one page, in a few queries."""
    prompts = Prompt.objects.in_bulk({prompt for prompt, _ in page})
    found = images_of(set(page), [condition.condition_id for condition in conditions])
    dropped = set(study.drops.filter(prompt__in=prompts).values_list("prompt", "seed"))
    rows = []
    for prompt, seed in page:
        shown = [found.get((prompt, seed, condition.condition_id)) for condition in conditions]
        flagged = study.is_draft and any(image and image.state == Image.State.FLAGGED for image in shown)
        rows.append(Row(prompts[prompt], seed, shown, dropped=flagged or (prompt, seed) in dropped))
    return rows
