"""Gold comparisons: the right answer is known by construction.

Each shows the image of its prompt for one condition, the answer, and for the other conditions their images of another
prompt, of those of the same size the one that shares fewest words with it. Within every group of conditions each is the
answer equally often, so that nobody learns from gold which condition to choose.
"""

import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generation.models import Image, Prompt
from studies.comparisons import Pair, Plan
from studies.models import Comparison, ComparisonImage, Study

SESSIONS = 3  # of one worker, before gold trials run out
ONE_PROMPT = (
    "Gold and practice trials show an image of another prompt as a wrong answer, but all prompts of this study have the same "
    "words. Add another prompt, or ask for no gold trials and no practice."
)
NO_SIZE_TWICE = (
    "Gold and practice trials show an image of another prompt as a wrong answer, but no two prompts of this study have images "
    "of one size, and an odd size would give the answer away. Add a prompt with images of a size that is there already, or ask "
    "for no gold trials and no practice."
)


@dataclass(frozen=True)
class Gold:
    """A comparison with a known answer.

    group, answer: the rows of the table that it shows, and the one that is right. other: the pair of the other rows' images.
    """

    pair: Pair
    other: Pair
    group: tuple[int, ...]
    answer: int

    def sources(self, images: dict[Pair, list[Image]]) -> Iterator[tuple[int, Image]]:
        """Each row of the table that is shown, with its image."""
        for row in self.group:
            yield row, images[self.pair if row == self.answer else self.other][row]


def gold_wanted(study: Study) -> int:
    """How many gold comparisons a study needs: for practice, and for the sessions of an eager worker."""
    return study.practice_trials + SESSIONS * study.quality.gold_trials(study.trials_per_session)


def faults_of_gold(study: Study, prompts: Iterable[Prompt]) -> list[str]:
    """A sentence if gold is asked for, but the prompts of the study's pairs have all the same words."""
    if not gold_wanted(study):
        return []
    words = map(_words, prompts)
    first = next(words, None)
    return [] if any(other != first for other in words) else [ONE_PROMPT]


def faults_of_sizes(study: Study, sizes: Mapping[Pair, str]) -> list[str]:
    """A sentence if gold is asked for, but the sizes of the pairs' images leave none to make it of."""
    return [NO_SIZE_TWICE] if gold_wanted(study) and not _with_others(sizes) else []


def golds_of(study: Study, plan: Plan, sizes: Mapping[Pair, str]) -> list[Gold]:
    """The study's gold comparisons, drawn from its seed; as many as it needs, or as its pairs make."""
    draw = random.Random(f"{study.seed}/gold")
    # By text, so that the same design draws the same in every database.
    pairs = sorted(_with_others(sizes), key=lambda pair: (pair.prompt.prompt_set.name, pair.prompt.text, pair.seed))
    candidates = list(itertools.product(pairs, plan.groups))
    chosen = draw.sample(candidates, min(gold_wanted(study), len(candidates)))
    answers: Counter[tuple[tuple[int, ...], int]] = Counter()
    golds = []
    for pair, group in chosen:
        answer = min(draw.sample(group, len(group)), key=lambda row: answers[group, row])
        answers[group, answer] += 1
        alike = [other for other in pairs if sizes[other] == sizes[pair]]
        golds.append(Gold(pair, _other(pair, alike, draw), group, answer))
    return golds


def make_golds(study: Study, plan: Plan, sizes: Mapping[Pair, str], files: dict[Image, str]) -> None:
    """Write the gold comparisons of a study that is being published, with images that were re-encoded like all others."""
    golds = golds_of(study, plan, sizes)
    comparisons = Comparison.objects.bulk_create(_comparison(study, plan, gold) for gold in golds)
    ComparisonImage.objects.bulk_create(
        ComparisonImage(comparison=comparison, condition=plan.conditions[row], source=source, file=files[source])
        for comparison, gold in zip(comparisons, golds, strict=True)
        for row, source in gold.sources(plan.images)
    )


def _comparison(study: Study, plan: Plan, gold: Gold) -> Comparison:
    return Comparison(
        study=study,
        prompt=gold.pair.prompt,
        seed=gold.pair.seed,
        kind=Comparison.Kind.GOLD,
        together=",".join(map(str, gold.group)),
        gold_answer=plan.conditions[gold.answer],
    )


def _with_others(sizes: Mapping[Pair, str]) -> list[Pair]:
    """The pairs for which there is another prompt with images of the same size."""
    prompts: defaultdict[str, set[frozenset[str]]] = defaultdict(set)
    for pair, size in sizes.items():
        prompts[size].add(_words(pair.prompt))
    return [pair for pair, size in sizes.items() if len(prompts[size]) > 1]


def _other(pair: Pair, pairs: Sequence[Pair], draw: random.Random) -> Pair:
    """A pair of a prompt that shares fewest words with this pair's, of the same seed where there is one."""
    words = _words(pair.prompt)
    others = [other for other in pairs if _words(other.prompt) != words]
    return min(draw.sample(others, len(others)), key=lambda other: (len(words & _words(other.prompt)), other.seed != pair.seed))


def _words(prompt: Prompt) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", prompt.text.casefold()))
