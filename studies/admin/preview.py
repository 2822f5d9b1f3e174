"""A draft as a worker will see it: the page of a trial, made of the images there are. Nothing is saved, whatever is sent."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from generation.models import Image
from studies.admin.pages import VIEW_STUDY, study_page
from studies.comparisons import Pair, grid_of, groups_of
from studies.models import Comparison, Session, Study, StudyCondition, StudyPromptSet, Trial
from studies.pages.answer_forms import answer_form
from studies.pages.design import design_of
from studies.pages.trial_page import Row, step, template_of
from studies.pages.vote_form import label_of
from studies.readiness import readable_sets
from studies.tallies import images_of, ready_images

MOST_SHOWN = 20


@dataclass(frozen=True)
class Shown:
    """A comparison in the making: its pair, and the conditions and images in shown order."""

    pair: Pair
    conditions: list[int]
    images: list[Image]


@require_http_methods(["GET", "HEAD", "POST"])
@study_page(VIEW_STUDY)
def preview(request: HttpRequest, study: Study) -> HttpResponse:
    """One of the first comparisons. An answer only leads to the next one."""
    if not study.is_draft:
        messages.info(request, "The study is published: open its rehearsal link to see it as workers do.")
        return redirect("admin:studies_study_change", study.pk)
    shown = comparisons_shown(study)
    if not shown:
        messages.warning(request, "There is nothing to preview yet: no prompt and seed has all its images.")
        return redirect("admin:studies_study_change", study.pk)
    number = _number(request, len(shown))
    if request.method == "POST":
        return redirect(f"{request.path}?trial={number % len(shown) + 1}")
    return _page(request, study, shown, number)


def comparisons_shown(study: Study) -> list[Shown]:
    """The first comparisons that the study's images make now, with orders drawn for this page alone."""
    conditions = list(study.conditions.all())
    if not conditions or (study.design == Study.Design.BASELINE and not study.baseline):
        return []
    pairs = [each for chosen in readable_sets(study) for each in _first_pairs(chosen, conditions)]
    wanted = [(pair, images, group) for pair, images in pairs for group in groups_of(study, conditions)]
    return [_shown(study, pair, images, group) for pair, images, group in wanted[:MOST_SHOWN]]


def _first_pairs(chosen: StudyPromptSet, conditions: Sequence[StudyCondition]) -> list[tuple[Pair, list[Image]]]:
    """The first pairs of a prompt set that can be shown, with their images."""
    if chosen.selection == StudyPromptSet.Selection.LISTED:
        return list(grid_of(chosen, conditions).ready().items())[:MOST_SHOWN]
    first = ready_images(chosen, conditions).select_related("prompt__prompt_set").defer("provenance")[:MOST_SHOWN]
    pairs = [Pair(image.prompt, image.seed) for image in first]
    rows = [condition.condition_id for condition in conditions]
    shown = images_of({(pair.prompt.pk, pair.seed) for pair in pairs}, rows)
    return [(pair, [shown[pair.prompt.pk, pair.seed, row] for row in rows]) for pair in pairs]


def _shown(study: Study, pair: Pair, images: Sequence[Image], group: Sequence[int]) -> Shown:
    keys = [condition.pk for condition in study.conditions.all()]
    rows = random.Random(f"{study.seed}/preview/{pair.prompt.text}/{pair.seed}/{group}").sample(group, len(group))
    return Shown(pair, [keys[row] for row in rows], [images[row] for row in rows])


def _number(request: HttpRequest, total: int) -> int:
    asked = request.GET.get("trial", "1")
    return min(max(int(asked), 1), total) if asked.isdecimal() else 1


def _page(request: HttpRequest, study: Study, shown: Sequence[Shown], number: int) -> HttpResponse:
    now, design = shown[number - 1], design_of(study)
    trial = _unsaved_trial(study, now, number)
    rows = [Row(other, Trial.Kind.VOTE, Trial.State.OPEN, "") for other in range(number, len(shown) + 1)]
    answered = [Row(other, Trial.Kind.VOTE, Trial.State.DONE, "") for other in range(1, number)]
    page = {
        "study": study,
        "trial": trial,
        "prompt": now.pair.prompt.text,
        "note": design.notes[now.pair.prompt.prompt_set_id],
        "instructions": design.instructions,
        "examples": design.examples,
        "form": answer_form(trial),
        "page_of_workers": template_of(study),
        "step": step(trial, [*answered, *rows]),
        "images": [(_address(image), label_of(position)) for position, image in enumerate(now.images, start=1)],
    }
    return render(request, "admin/studies/study/preview.html", page)


def _unsaved_trial(study: Study, shown: Shown, number: int) -> Trial:
    comparison = Comparison(study=study, prompt=shown.pair.prompt, seed=shown.pair.seed)
    return Trial(session=Session(study=study), comparison=comparison, number=number, shown=shown.conditions)


def _address(image: Image) -> str:
    return reverse("admin:generation_image_file", args=[image.pk])
