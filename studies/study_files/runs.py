"""The images that a study needs, as runs: its conditions on its prompt sets, with the seeds of each."""

from collections import defaultdict

from django.db import transaction

from generation import negatives
from generation.models import PromptSet, Run
from studies.comparisons import candidate_pairs
from studies.models import Study

LONGEST_NAME = 100


@transaction.atomic
def runs_of(study: Study) -> list[Run]:
    """The runs that make the study's images, made where they are not there: one for all prompt sets with the same seeds.

    A run draws every prompt of its sets; where a study lists pairs, it draws some that the study does not show.
    """
    by_seeds: defaultdict[str, list[PromptSet]] = defaultdict(list)
    for chosen in study.prompt_sets.select_related("prompt_set"):
        needed = sorted({pair.seed for pair in candidate_pairs(chosen)})
        by_seeds[", ".join(map(str, needed))].append(chosen.prompt_set)
    conditions = [row.condition for row in study.conditions.select_related("condition")]
    runs = []
    for seeds, prompt_sets in by_seeds.items():
        ending = "" if len(by_seeds) == 1 else f": {prompt_sets[0]}"
        run, created = Run.objects.get_or_create(
            name=study.name[: LONGEST_NAME - len(ending)] + ending, defaults={"seeds": seeds, "batch_size": 16}
        )
        if created:
            run.prompt_sets.set(prompt_sets)
            run.conditions.set(conditions)
        runs.append(run)
    return runs


def captioning_studies(study: Study) -> list[str]:
    """The names of the captioning studies whose captions this study's conditions take."""
    return sorted({source["study"] for source in _sources(study) if source["source"] == negatives.HUMAN})


def models_asked(study: Study) -> set[str]:
    """The models behind a chat endpoint that this study's conditions ask for negatives or captions."""
    asked = {source["model"] for source in _sources(study) if source["source"] == negatives.LLM}
    captioners = [source["captioner"] for source in _sources(study) if source["source"] == negatives.AUTO_DNP]
    return asked | {name.removeprefix(negatives.CHAT) for name in captioners if name.startswith(negatives.CHAT)}


def _sources(study: Study) -> list[negatives.Source]:
    return [source for row in study.conditions.select_related("condition") for source in row.condition.negative_sources]
