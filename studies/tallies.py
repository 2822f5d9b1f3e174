"""How many images a prompt set of a draft has in which state, counted by the database: a draft may ask for a million.

`Grid.tally` counts the same of rows that were fetched, as publishing does; a test holds the two together.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from generation.models import Image
from generation.seeds import parse_seeds
from studies.comparisons import MISSING, Tally, grid_of, number_of_candidates, ready_wanted
from studies.models import StudyCondition, StudyPromptSet


def tallies_of(chosen: Sequence[StudyPromptSet], conditions: Sequence[StudyCondition]) -> list[Tally]:
    """The tally of each prompt set, in a few queries for all; a list's pairs, which a person wrote, are fetched instead."""
    products = [each for each in chosen if each.selection != StudyPromptSet.Selection.LISTED]
    states = {pk: counted for sets in _alike(products) for pk, counted in _states_of(sets, conditions).items()}
    return [
        _tally(each, conditions, states[each.pk]) if each in products else grid_of(each, conditions).tally() for each in chosen
    ]


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
    return Image.objects.filter(_of_seeds(chosen), prompt__prompt_set=chosen.prompt_set_id)


def _of_seeds(chosen: StudyPromptSet) -> Q:
    seeds = parse_seeds(chosen.seeds)
    # A range is one walk along an index, a list one for each of its seeds.
    is_range = seeds[-1] - seeds[0] == len(seeds) - 1
    return Q(seed__range=(seeds[0], seeds[-1])) if is_range else Q(seed__in=seeds)


def _alike(chosen: Iterable[StudyPromptSet]) -> Iterable[list[StudyPromptSet]]:
    """The prompt sets, those with the same seeds together."""
    by_seeds: defaultdict[str, list[StudyPromptSet]] = defaultdict(list)
    for each in chosen:
        by_seeds[each.seeds].append(each)
    return by_seeds.values()


def _states_of(sets: Sequence[StudyPromptSet], conditions: Sequence[StudyCondition]) -> dict[int, list[Counter[str]]]:
    """By prompt set, for each condition how many images are in which state; the sets have the same seeds.

    Counted by prompt, in the order of an index: a database that is asked for one set would look up each image's prompt.
    """
    set_of = {prompt: each.pk for each in sets for prompt in each.prompt_set.prompts.order_by().values_list("pk", flat=True)}
    counted = {each.pk: {row.condition_id: Counter[str]() for row in conditions} for each in sets}
    left = len(set_of) * len(parse_seeds(sets[0].seeds)) * len(conditions)
    images = Image.objects.filter(_of_seeds(sets[0]), condition__in=[row.condition_id for row in conditions]).order_by()
    for state in (Image.State.DONE, *(other for other in Image.State if other != Image.State.DONE)):
        by_prompt = images.filter(state=state).values_list("condition", "prompt").annotate(number=Count("pk"))
        for condition, prompt, number in by_prompt if left else ():
            if prompt in set_of:
                counted[set_of[prompt]][condition][state] += number
                left -= number
    return {pk: list(by_condition.values()) for pk, by_condition in counted.items()}


def _tally(chosen: StudyPromptSet, conditions: Sequence[StudyCondition], states: list[Counter[str]]) -> Tally:
    pairs = number_of_candidates(chosen)
    for counted in states:
        if missing := pairs - counted.total():
            counted[MISSING] = missing
    return Tally(chosen, pairs, states, _ready(chosen, conditions, pairs, states))


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
