"""How far a run is, in numbers and sentences: queries, so that nothing can drift."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from generation import negatives
from generation.answers import captions_of, dns_images_of
from generation.models import Caption, Condition, Image, Run


@dataclass(frozen=True)
class Indescribable:
    """How many diffusion-negative images of a condition have no words: its images there have one negative less, or none."""

    condition: Condition
    number: int
    captions: int


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    images: how many are in each state, diffusion-negative ones among them. captions, texts: how many workers are still to make.
    people: how many images wait for people alone, by the captioning study. indescribable: of each condition that has any.
    """

    images: dict[str, int]
    captions: int
    texts: int
    people: dict[str, int]
    indescribable: list[Indescribable]

    @property
    def total(self) -> int:
        return sum(self.images.values())

    @property
    def finished(self) -> int:
        """How many images are made, or failed."""
        return self.total - self.images[Image.State.QUEUED] - self.images[Image.State.WAITING]

    @property
    def unfinished(self) -> int:
        """How many images are neither made nor failed, and wait for no people."""
        return self.total - self.finished - sum(self.people.values())

    def sentences(self) -> list[str]:
        """What is to be said besides the numbers of images."""
        return list(self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self.captions:
            yield f"{self.captions} captions of diffusion-negative images are still to be made."
        if self.texts:
            yield f"{self.texts} negatives are still to be asked for."
        for study, number in self.people.items():
            yield f"{number} wait for captions by people in “{study}”."
        for each in self.indescribable:
            yield f"{each.number} of {each.captions} captions say nothing: {each.condition}."


def progress_of(run: Run) -> Progress:
    """How far the run is now."""
    conditions = list(run.conditions.with_sources().select_related("checkpoint"))
    return Progress(
        images=run.progress(),
        captions=run.captions().queued().count(),
        texts=run.negative_texts().queued().count(),
        people={study: number for study, number in _people(run, conditions).items() if number},
        indescribable=[found for each in conditions if (found := _indescribable(run, each)).number],
    )


def _people(run: Run, conditions: list[Condition]) -> dict[str, int]:
    """How many images of the run have a diffusion-negative image that people have not captioned yet, by study."""
    numbers: dict[str, int] = {}
    for condition in conditions:
        for source in condition.negative_sources:
            if source["source"] == negatives.HUMAN:
                numbers[source["study"]] = numbers.get(source["study"], 0) + _wait_for_people(run, condition, source)
    return numbers


def _wait_for_people(run: Run, condition: Condition, source: negatives.Source) -> int:
    """Of flagged ones, and of those that failed, nobody waits for a caption."""
    to_be_shown = dns_images_of(run, condition, source).filter(state=Image.State.DONE)
    shown = to_be_shown.filter(prompt=OuterRef("prompt"), seed=OuterRef("seed"))
    captioned = shown.filter(captions__captioner=negatives.captioner_of(source))
    waiting = run.planned_images().waiting().filter(condition=condition)
    return waiting.filter(Exists(shown)).exclude(Exists(captioned)).count()


def _indescribable(run: Run, condition: Condition) -> Indescribable:
    captions = [captions_of(run, condition, source) for source in condition.sources_of_dns_images]
    made = (Caption.State.DONE, Caption.State.INDESCRIBABLE)
    return Indescribable(
        condition,
        number=sum(each.indescribable().count() for each in captions),
        captions=sum(each.filter(state__in=made).count() for each in captions),
    )
