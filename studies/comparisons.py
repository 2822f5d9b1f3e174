"""From a study's design and the images there are to its comparisons.

Seed 000 §2.3: a prompt–seed pair with an NSFW image from any method was not picked. So one flagged image drops its pair for
all conditions, and a number of pairs is drawn from those that are left, not before: 150 pairs asked for are 150 compared.
"""

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from generation.models import Image, Prompt
from generation.seeds import parse_seeds
from studies.models import Study, StudyCondition, StudyPromptSet
from studies.pairs import parse_pairs

MISSING = "missing"


class Pair(NamedTuple):
    prompt: Prompt
    seed: int


class Flagged(NamedTuple):
    """A pair that is dropped, and a condition whose image of it was flagged."""

    pair: Pair
    condition: StudyCondition


@dataclass(frozen=True)
class Plan:
    """What publishing makes: each compared pair with its images in the order of the table's rows, and the drops.

    `groups`: the rows of the table that are shown together, for every pair alike.
    """

    conditions: list[StudyCondition]
    groups: list[tuple[int, ...]]
    images: dict[Pair, list[Image]]
    flagged: list[Flagged]


@dataclass(frozen=True)
class Tally:
    """What a prompt set has: its candidate pairs, and for each row of the table how many images are in which state.

    Images without a row are under MISSING. ready: how many pairs can be shown, counted no further than are wanted.
    """

    chosen: StudyPromptSet
    pairs: int
    states: list[Counter[str]]
    ready: int


@dataclass(frozen=True)
class Grid:
    """The candidate pairs of a prompt set, each with its images in the order of the table's rows; None where one is missing."""

    chosen: StudyPromptSet
    images: dict[Pair, list[Image | None]]

    def flagged(self, conditions: Sequence[StudyCondition]) -> list[Flagged]:
        """The flagged images; each takes its pair out of the study."""
        return [
            Flagged(pair, condition)
            for pair, images in self.images.items()
            for condition, image in zip(conditions, images, strict=True)
            if image and image.state == Image.State.FLAGGED
        ]

    def ready(self) -> dict[Pair, list[Image]]:
        """The pairs of which every image is done."""
        done = {
            pair: [image for image in images if image and image.state == Image.State.DONE]
            for pair, images in self.images.items()
        }
        return {pair: images for pair, images in done.items() if len(images) == len(self.images[pair])}

    def tally(self) -> Tally:
        """How many images there are in which state, and how many pairs can be shown."""
        columns = zip(*self.images.values(), strict=True)
        states = [Counter(image.state if image else MISSING for image in column) for column in columns]
        ready = min(len(self.ready()), ready_wanted(self.chosen, len(self.images)))
        return Tally(self.chosen, len(self.images), states, ready)

    def wanted(self, seed: int) -> dict[Pair, list[Image]]:
        """The pairs to compare: all that are ready, or the number drawn from them with the study's seed."""
        ready = self.ready()
        if self.chosen.selection != StudyPromptSet.Selection.DRAWN:
            return ready
        draw = random.Random(f"{seed}/pairs/{self.chosen.prompt_set.name}")
        # By text, so that the same design draws the same pairs in every database.
        in_order = sorted(ready, key=lambda pair: (pair.prompt.text, pair.seed))
        return {pair: ready[pair] for pair in draw.sample(in_order, self.chosen.number or 0)}


def ready_wanted(chosen: StudyPromptSet, pairs: int) -> int:
    """How many pairs must be ready: as many as are to be drawn, else one at least."""
    return chosen.number or 0 if chosen.selection == StudyPromptSet.Selection.DRAWN else min(pairs, 1)


def grid_of(chosen: StudyPromptSet, conditions: Sequence[StudyCondition]) -> Grid:
    """The candidate pairs of a prompt set with the images that there are."""
    wanted = [condition.condition_id for condition in conditions]
    # Without what is long: provenance holds numbers for every step.
    pairs = candidate_pairs(chosen)
    images = Image.objects.filter(prompt__prompt_set=chosen.prompt_set_id, condition__in=wanted).defer("provenance")
    if chosen.selection == StudyPromptSet.Selection.LISTED:
        images = images.filter(prompt__in={pair.prompt.pk for pair in pairs}, seed__in={pair.seed for pair in pairs})
    found = {(image.prompt_id, image.seed, image.condition_id): image for image in images}
    return Grid(chosen, {pair: [found.get((pair.prompt.pk, pair.seed, pk)) for pk in wanted] for pair in pairs})


def plan_of(study: Study, grids: Sequence[Grid]) -> Plan:
    """The comparisons that this study's design and images make, from the grid of each of its prompt sets."""
    conditions = list(study.conditions.all())
    images = {pair: images for grid in grids for pair, images in grid.wanted(study.seed).items()}
    return Plan(
        conditions, groups_of(study, conditions), images, [flagged for grid in grids for flagged in grid.flagged(conditions)]
    )


def candidate_pairs(chosen: StudyPromptSet) -> list[Pair]:
    """The pairs that a study may take of a prompt set: those listed, else every prompt with every seed."""
    prompts = list(chosen.prompt_set.prompts.all())
    if chosen.selection != StudyPromptSet.Selection.LISTED:
        return [Pair(prompt, seed) for prompt, seed in itertools.product(prompts, parse_seeds(chosen.seeds))]
    by_text = {prompt.text: prompt for prompt in prompts}
    return [Pair(by_text[pair.text], pair.seed) for pair in parse_pairs(chosen.pairs)]


def number_of_candidates(chosen: StudyPromptSet) -> int:
    """How many pairs that are, without making them where every prompt has every seed."""
    if chosen.selection == StudyPromptSet.Selection.LISTED:
        return len(candidate_pairs(chosen))
    return chosen.prompt_set.prompts.count() * len(parse_seeds(chosen.seeds))


def groups_of(study: Study, conditions: Sequence[StudyCondition]) -> list[tuple[int, ...]]:
    """The rows of the table, from 0, that each comparison of a prompt and seed shows together."""
    rows = range(len(conditions))
    if study.is_captioning:
        return [(row,) for row in rows]
    if study.design == Study.Design.TOGETHER:
        return [tuple(rows)]
    if study.design == Study.Design.PAIRS:
        return list(itertools.combinations(rows, 2))
    baseline = next(row for row in rows if conditions[row].is_baseline)
    return [tuple(sorted((baseline, row))) for row in rows if row != baseline]
