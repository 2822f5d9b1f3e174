"""How many images a prompt set of a draft has in which state, counted by the database: a draft may ask for a million.

`Grid.tally` counts the same of rows that were fetched, as publishing does; a test holds the two together.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from generation.models import Image
from generation.seeds import parse_seeds
from studies.comparisons import MISSING, Tally, grid_of, number_of_candidates, ready_wanted
from studies.models import StudyCondition, StudyPromptSet


def tally_of(chosen: StudyPromptSet, conditions: Sequence[StudyCondition]) -> Tally:
    """The tally of a prompt set; the pairs of a list, which a person has written, are few enough to be fetched."""
    if chosen.selection == StudyPromptSet.Selection.LISTED:
        return grid_of(chosen, conditions).tally()
    pairs = number_of_candidates(chosen)
    states = [_states(_of_pairs(chosen).filter(condition=each.condition_id), pairs) for each in conditions]
    return Tally(chosen, pairs, states, _ready(chosen, conditions, pairs, states))


def ready_images(chosen: StudyPromptSet, conditions: Sequence[StudyCondition]) -> "QuerySet[Image]":
    """The first condition's images of the pairs of which every image is done, by prompt and seed."""
    first, *others = (each.condition_id for each in conditions)
    done = Image.objects.filter(prompt=OuterRef("prompt"), seed=OuterRef("seed"), state=Image.State.DONE)
    ready = _of_pairs(chosen).filter(condition=first, state=Image.State.DONE)
    return ready.filter(*(Exists(done.filter(condition=other)) for other in others)).order_by("prompt_id", "seed")


def images_of(pairs: Collection[tuple[int, int]], conditions: Collection[int]) -> dict[tuple[int, int, int], Image]:
    """The images of these pairs, given by the key of the prompt and the seed, by pair and condition.

    Without what is long: provenance holds numbers for every step.
    """
    images = Image.objects.filter(
        prompt__in={prompt for prompt, _ in pairs}, seed__in={seed for _, seed in pairs}, condition__in=conditions
    )
    found = images.select_related("prompt", "condition__checkpoint").defer("provenance")
    return {(image.prompt_id, image.seed, image.condition_id): image for image in found}


def _of_pairs(chosen: StudyPromptSet) -> "QuerySet[Image]":
    """The images of all prompts and seeds that the prompt set may give, of whatever condition."""
    seeds = parse_seeds(chosen.seeds)
    # A range is one walk along an index, a list one for each of its seeds.
    is_range = seeds[-1] - seeds[0] == len(seeds) - 1
    asked = Q(seed__range=(seeds[0], seeds[-1])) if is_range else Q(seed__in=seeds)
    return Image.objects.filter(asked, prompt__prompt_set=chosen.prompt_set_id)


def _states(images: "QuerySet[Image]", pairs: int) -> Counter[str]:
    """How many of these images are in which state, a query for each state until all pairs are accounted for."""
    counted: Counter[str] = Counter()
    for state in (Image.State.DONE, *(other for other in Image.State if other != Image.State.DONE)):
        if counted.total() < pairs and (number := images.filter(state=state).count()):
            counted[state] = number
    if missing := pairs - counted.total():
        counted[MISSING] = missing
    return counted


def _ready(chosen: StudyPromptSet, conditions: Sequence[StudyCondition], pairs: int, states: Sequence[Counter[str]]) -> int:
    """How many pairs can be shown, counted no further than the prompt set needs."""
    wanted = ready_wanted(chosen, pairs)
    done = [counted[Image.State.DONE] for counted in states]
    if pairs - sum(pairs - number for number in done) >= wanted:  # whichever pairs they are that lack an image
        return wanted
    if not all(done):
        return 0
    # Those of the condition that has the fewest are looked at.
    fewest_first = [condition for _, condition in sorted(zip(done, conditions, strict=True), key=lambda each: each[0])]
    return ready_images(chosen, fewest_first)[:wanted].count()
