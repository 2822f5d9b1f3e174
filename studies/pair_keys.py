"""The prompts and seeds of a study as a long sequence, of which only the part that is looked at is fetched."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, product

from django.db.models import Count

from generation.models import Prompt
from generation.seeds import parse_seeds
from studies.comparisons import candidate_pairs, groups_of
from studies.models import Study, StudyPromptSet
from studies.readiness import readable_sets

Key = tuple[int, int]  # of a prompt, and a seed
Fetch = Callable[[Sequence[int]], Iterable[Key]]  # the keys of some prompts


class Keys(Sequence[Key]):
    """Keys by prompt; `sizes`: how many each prompt has, in the order of the prompts."""

    def __init__(self, sizes: Mapping[int, int], fetch: Fetch) -> None:
        self._prompts, self._fetch = list(sizes), fetch
        self._ends = list(accumulate(sizes.values()))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, asked: int | slice) -> "Key | Sequence[Key]":  # type: ignore[override]
        if isinstance(asked, int):
            return self[asked : asked + 1][0]  # type: ignore[return-value]
        start, stop, _ = asked.indices(len(self))
        if start >= stop:
            return []
        first, last = bisect_right(self._ends, start), bisect_right(self._ends, stop - 1)
        prompts = self._prompts[first : last + 1]
        before = self._ends[first - 1] if first else 0
        order = {prompt: place for place, prompt in enumerate(prompts)}
        keys = sorted(self._fetch(prompts), key=lambda key: (order[key[0]], key[1]))
        return keys[start - before : stop - before]


def keys_of(study: Study, picked: Sequence[StudyPromptSet]) -> Sequence[Key]:
    """The prompts and seeds of these prompt sets: of a draft all candidates, else those compared and those dropped."""
    return _candidates(study, picked) if study.is_draft else _published(study, picked)


def _candidates(study: Study, picked: Sequence[StudyPromptSet]) -> Sequence[Key]:
    keys: dict[int, Sequence[int]] = {}
    for chosen in (each for each in readable_sets(study) if each in picked):
        keys |= _seeds_by_prompt(chosen)
    sizes = {prompt: len(seeds) for prompt, seeds in keys.items()}
    return Keys(sizes, lambda prompts: [key for prompt in prompts for key in product([prompt], keys[prompt])])


def _seeds_by_prompt(chosen: StudyPromptSet) -> dict[int, Sequence[int]]:
    if chosen.selection != StudyPromptSet.Selection.LISTED:
        seeds = parse_seeds(chosen.seeds)
        return dict.fromkeys(chosen.prompt_set.prompts.values_list("pk", flat=True), seeds)
    listed: dict[int, list[int]] = {}
    for pair in dict.fromkeys(candidate_pairs(chosen)):
        listed.setdefault(pair.prompt.pk, []).append(pair.seed)
    return dict(listed)


def _published(study: Study, picked: Sequence[StudyPromptSet]) -> Sequence[Key]:
    """Every pair makes as many comparisons as any other, or none if an image of it was flagged."""
    compared, dropped = study.comparisons.wanted(), study.drops.all()
    comparisons_a_pair = len(groups_of(study, list(study.conditions.all())))
    by_prompt = compared.order_by().values_list("prompt").annotate(number=Count("pk"))
    pairs = Counter({prompt: number // comparisons_a_pair for prompt, number in by_prompt})
    pairs.update(dict(dropped.values_list("prompt").annotate(number=Count("seed", distinct=True))))
    sets = [each.prompt_set_id for each in picked]
    prompts = Prompt.objects.filter(prompt_set__in=sets).order_by("pk").values_list("pk", flat=True)

    def fetch(prompts: Sequence[int]) -> Iterable[Key]:
        of_comparisons = compared.filter(prompt__in=prompts).values_list("prompt", "seed")
        return {*of_comparisons, *dropped.filter(prompt__in=prompts).values_list("prompt", "seed")}

    return Keys({prompt: pairs[prompt] for prompt in prompts if pairs[prompt]}, fetch)
