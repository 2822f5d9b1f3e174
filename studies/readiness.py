"""What a study still lacks before it can be published, in sentences."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import PIL.Image
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef

from generation.models import Image, Prompt
from studies.comparisons import MISSING, Grid, Pair, Plan, Tally, grid_of
from studies.errors import NotPublishable
from studies.gold import faults_of_gold
from studies.models import Criterion, QualityPlan, QuizQuestion, Study, StudyCondition, StudyPromptSet
from studies.models.caption import REHEARSAL
from studies.models.study import FEWEST_CONDITIONS, MOST_CONDITIONS, validate_one_line
from studies.pairs import parse_pairs
from studies.tallies import ready_images, tallies_of

# What images that are not there are called, and what to do about them.
STATES = {
    MISSING: ("not planned", "Plan them in a run."),
    Image.State.WAITING: ("waiting for their negatives", "Wait for captions and answers; accept those of people."),
    Image.State.QUEUED: ("still queued", "Wait for the workers."),
    Image.State.FAILED: ("failed", "Retry those that failed in their run."),
}
Part = Study | StudyCondition | Criterion | QuizQuestion | QualityPlan


@dataclass(frozen=True)
class Readiness:
    """How far a draft is: the tally of each prompt set that can be read, and a sentence for everything that is missing."""

    conditions: list[StudyCondition]
    tallies: list[Tally]
    faults: list[str]

    def images(self) -> list[tuple[StudyCondition, Counter[str]]]:
        """For each condition how many of its images are in which state, those without a row under MISSING."""
        counts: list[Counter[str]] = [Counter() for _ in self.conditions]
        for tally in self.tallies:
            for column, states in enumerate(tally.states):
                counts[column] += states
        return list(zip(self.conditions, counts, strict=True))


def readiness_of(study: Study) -> Readiness:
    """All that is missing or wrong in the design and among the images, counted in the database.

    The images' files are left for publishing to read, and so is which pairs are drawn.
    """
    conditions = list(study.conditions.all())
    readable, faults = _readable_sets(study)
    tallies = tallies_of(readable, conditions)
    faults = [*_of_design(study, conditions), *faults, *_of_images(study, conditions, tallies)]
    if not faults:
        ready = chain.from_iterable(_ready_prompts(tally.chosen, conditions) for tally in tallies)
        faults += faults_of_gold(study, ready)
    return Readiness(conditions, tallies, faults)


def checked_grids(study: Study) -> list[Grid]:
    """The grid of each of the study's prompt sets. Raises NotPublishable with everything that is missing or wrong."""
    conditions = list(study.conditions.all())
    readable, faults = _readable_sets(study)
    grids = [grid_of(chosen, conditions) for chosen in readable]
    tallies = [grid.tally() for grid in grids]
    faults = [*_of_design(study, conditions), *faults, *_of_images(study, conditions, tallies)]
    if faults := faults or faults_of_gold(study, (pair.prompt for grid in grids for pair in grid.wanted(study.seed))):
        raise NotPublishable(faults)
    return grids


def readable_sets(study: Study) -> list[StudyPromptSet]:
    """The prompt sets of a study whose pairs of prompts and seeds can be told."""
    return _readable_sets(study)[0]


def _readable_sets(study: Study) -> tuple[list[StudyPromptSet], list[str]]:
    """Those, and what is wrong with the others."""
    chosen = list(study.prompt_sets.select_related("prompt_set"))
    wrong = {each: list(_prompt_set(each)) for each in chosen}
    return [each for each in chosen if not wrong[each]], [fault for each in chosen for fault in wrong[each]]


def _ready_prompts(chosen: StudyPromptSet, conditions: Sequence[StudyCondition]) -> Iterator[Prompt]:
    """The prompts with a pair that can be shown, one after the other."""
    if chosen.selection == StudyPromptSet.Selection.LISTED:
        yield from (pair.prompt for pair in grid_of(chosen, conditions).ready())
        return
    ready = ready_images(chosen, conditions).order_by()
    yield from chosen.prompt_set.prompts.filter(Exists(ready.filter(prompt=OuterRef("pk")))).iterator()


def sizes_of(plan: Plan) -> dict[Pair, str]:
    """The size that all images of a pair have; each file is read once.

    Raises NotPublishable with the files that cannot be read, and comparisons whose images could be told apart by their size.
    """
    sizes: dict[Pair, tuple[str, ...]] = {}
    faults = []
    for pair, images in plan.images.items():
        try:
            sizes[pair] = tuple(map(_size, images))
        except (OSError, ValueError) as error:
            faults.append(f"“{pair.prompt}”, seed {pair.seed}: an image cannot be read ({error}). Make it again.")
    different = Counter(size for size in sizes.values() if len(set(size)) > 1)
    faults += [_different(plan.conditions, size, pairs) for size, pairs in different.items()]
    if faults:
        raise NotPublishable(faults)
    return {pair: size[0] for pair, size in sizes.items()}


def _of_design(study: Study, conditions: Sequence[StudyCondition]) -> list[str]:
    return [*_design(study, conditions), *_parts(study, conditions), *_checks(study)]


def _of_images(study: Study, conditions: Sequence[StudyCondition], tallies: Sequence[Tally]) -> list[str]:
    return [fault for tally in tallies for fault in _images(study, tally, conditions)]


def _design(study: Study, conditions: Sequence[StudyCondition]) -> Iterator[str]:
    yield from _captioning(study, conditions) if study.is_captioning else _voting(study, conditions)
    if not study.prompt_sets.exists():
        yield "Choose at least one prompt set."
    if not study.is_captioning and not study.criteria.exists():
        yield "Add at least one criterion."
    if not study.instructions.strip():
        yield "Write the instructions."
    if not study.consent.strip():
        yield "Write what workers consent to."


def _captioning(study: Study, conditions: Sequence[StudyCondition]) -> Iterator[str]:
    """What keeps people from describing images one by one."""
    if len(conditions) != 1:
        yield f"A captioning study shows the images of one condition; this one has {len(conditions)}. Make a study of each."
    if study.criteria.exists():
        yield "A captioning study asks for a caption alone: take its criteria out, or choose another design."
    if study.name.endswith(REHEARSAL):
        yield f"Captions under “{study}” could not be told from those of a rehearsal: end its name in something else."
    quality = study.quality
    if quality.gold_share or quality.repeat_share or quality.attention_share or study.practice_trials:
        yield "Captions have no right answers: ask for 0 % of gold trials, repeats and attention checks, and for no practice."


def _voting(study: Study, conditions: Sequence[StudyCondition]) -> Iterator[str]:
    if not FEWEST_CONDITIONS <= len(conditions) <= MOST_CONDITIONS:
        hint = "Add another." if len(conditions) < FEWEST_CONDITIONS else "Take some out, or make a study of each group."
        yield f"A study compares {FEWEST_CONDITIONS} to {MOST_CONDITIONS} conditions; this one has {len(conditions)}. {hint}"
    names = Counter(condition.printed_name.strip().casefold() for condition in conditions)
    for name in (name for name, uses in names.items() if uses > 1):
        yield f"{names[name]} conditions are printed as “{name}”; give each a name of its own."
    if study.design == Study.Design.BASELINE and not any(condition.is_baseline for condition in conditions):
        yield "Say which condition is the baseline that the others are compared with."


def _parts(study: Study, conditions: Sequence[StudyCondition]) -> Iterator[str]:
    """What the forms of the admin would have refused."""
    parts: list[Part] = [study, *conditions, *study.criteria.all(), *study.quiz_questions.all(), study.quality]
    for part in parts:
        yield from _validation_faults(part)


def _checks(study: Study) -> Iterator[str]:
    """Checks whose right answer nobody would be asked for."""
    judged = study.criteria.filter(has_gold_answer=True).exists()
    if not judged and study.quality.gold_share:
        yield "Gold trials need a criterion that they judge: tick “judged by gold trials” for one, or ask for 0 % of them."
    if not judged and study.practice_trials:
        yield "Practice needs a criterion with a right answer: tick “judged by gold trials” for one, or ask for no practice."


def _validation_faults(part: Part | StudyPromptSet) -> Iterator[str]:
    try:
        part.full_clean(exclude=["instructions", "consent"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        yield from (f"“{part}”: {message}" for message in error.messages)


def _prompt_set(chosen: StudyPromptSet) -> Iterator[str]:
    if faults := list(_validation_faults(chosen)):
        yield from faults
        return
    try:
        validate_one_line(chosen.prompt_set.name)
    except ValidationError as error:
        yield f"“{chosen}”: {error.message}"
    if not chosen.prompt_set.prompts.exists():
        yield f"“{chosen}” has no prompts. Add some to it, or choose another prompt set."
    if chosen.selection != StudyPromptSet.Selection.LISTED:
        return
    known = set(chosen.prompt_set.prompts.values_list("text", flat=True))
    for pair in parse_pairs(chosen.pairs):
        if pair.text not in known:
            yield f"“{chosen}”, line {pair.line} of the listed pairs: “{pair.text}” is not a prompt of this set."


def _images(study: Study, tally: Tally, conditions: Sequence[StudyCondition]) -> Iterator[str]:
    total = f"{tally.pairs} {_word_for_pairs(study, tally.chosen)}"
    for condition, states in zip(conditions, tally.states, strict=True):
        lacking = [state for state in STATES if states[state]]
        if lacking:
            number = sum(states[state] for state in lacking)
            why = ", ".join(f"{states[state]} {STATES[state][0]}" for state in lacking)
            advice = " ".join(STATES[state][1] for state in lacking)
            yield f"“{tally.chosen}”: {number} of {total} lack an image of {condition} ({why}). {advice}"
    yield from _shortage(tally)


def _word_for_pairs(study: Study, chosen: StudyPromptSet) -> str:
    """Comparisons, where each pair makes exactly one."""
    drawn = chosen.selection == StudyPromptSet.Selection.DRAWN
    return "comparisons" if study.design == Study.Design.TOGETHER and not drawn else "prompt–seed pairs"


def _shortage(tally: Tally) -> Iterator[str]:
    chosen, ready = tally.chosen, tally.ready
    if chosen.selection == StudyPromptSet.Selection.DRAWN and ready < (chosen.number or 0):
        yield f"“{chosen}”: {chosen.number} pairs are to be drawn, but only {ready} of {tally.pairs} can be shown."
    elif not ready:
        yield f"“{chosen}”: not one of its {tally.pairs} prompt–seed pairs can be shown."


def _size(image: Image) -> str:
    with image.file.open() as file, PIL.Image.open(file) as opened:
        return f"{opened.width}×{opened.height}"


def _different(conditions: Sequence[StudyCondition], sizes: Sequence[str], pairs: int) -> str:
    said = ", ".join(f"{condition} {size}" for condition, size in zip(conditions, sizes, strict=True))
    return f"Images shown together must have one size, or workers could tell them apart: {said} ({pairs} prompt–seed pairs)."
