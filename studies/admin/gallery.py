"""All images of a study: a row for each prompt and seed, a column for each condition; what was flagged stays covered."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse

from generation.models import Image, Prompt
from studies.admin.pages import VIEW_STUDY, render_page, study_page
from studies.models import Study, StudyCondition, StudyPromptSet
from studies.readiness import readiness_of

ROWS_A_PAGE = 20

Key = tuple[int, int]  # of a prompt, and a seed


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


def keys_of(study: Study, picked: Sequence[StudyPromptSet]) -> list[Key]:
    """The prompts and seeds of these prompt sets: of a draft all candidates, else those compared and those dropped."""
    if study.is_draft:
        grids = [grid for grid in readiness_of(study).grids if grid.chosen in picked]
        return [(pair.prompt.pk, pair.seed) for grid in grids for pair in grid.images]
    sets = [part.prompt_set_id for part in picked]
    compared = study.comparisons.wanted().filter(prompt__prompt_set__in=sets).values_list("prompt", "seed")
    dropped = study.drops.filter(prompt__prompt_set__in=sets).values_list("prompt", "seed")
    return sorted({*compared, *dropped})


def _rows(study: Study, conditions: Sequence[StudyCondition], page: "Page[Key]") -> list[Row]:
    """The rows of one page, in a few queries."""
    prompts = Prompt.objects.in_bulk({prompt for prompt, _ in page})
    images = Image.objects.filter(
        prompt__in=prompts,
        seed__in={seed for _, seed in page},
        condition__in=[condition.condition_id for condition in conditions],
    ).defer("provenance")
    found = {(image.prompt_id, image.seed, image.condition_id): image for image in images}
    dropped = set(study.drops.filter(prompt__in=prompts).values_list("prompt", "seed"))
    rows = []
    for prompt, seed in page:
        shown = [found.get((prompt, seed, condition.condition_id)) for condition in conditions]
        flagged = study.is_draft and any(image and image.state == Image.State.FLAGGED for image in shown)
        rows.append(Row(prompts[prompt], seed, shown, dropped=flagged or (prompt, seed) in dropped))
    return rows
