"""What the negative sources of a condition have answered for the images of a run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from generation import negatives
from generation.models import Caption, Condition, Image, NegativeText, Run
from generation.models.captions import CaptionQuerySet, NegativeTextQuerySet
from generation.models.images import ImageQuerySet


@dataclass(frozen=True)
class Given:
    """What a source gave for an image: a text, which is empty if there was nothing to be said, and the rows it is from."""

    source: negatives.Source
    text: str
    rows: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the image keeps it: the source with its settings, the primary keys of the rows by their kind, the text."""
        return {**self.source, **self.rows, "text": self.text}


Answer: TypeAlias = Given | str | None  # what it gave, why it never will, or nothing yet


Answers: TypeAlias = Callable[[Image], Answer]


def is_awaited(run: Run, condition: Condition, source: negatives.Source) -> bool:
    """Whether a worker is still to answer for an image of the run; people are not waited for."""
    if source["source"] in negatives.OF_DNS_IMAGES:
        return captions_of(run, condition, source).queued().exists()
    return source["source"] in negatives.ASKED and _texts(run, source).queued().exists()


def answers_of(run: Run, condition: Condition, source: negatives.Source) -> Answers:
    """What a source of the condition answers to each image of the run, as it stands now."""
    kind = source["source"]
    if kind in negatives.OF_DNS_IMAGES:
        return _captioned(run, condition, source)
    if kind in negatives.ASKED:
        return _asked(run, source)
    if kind == negatives.OF_PROMPT:
        return lambda image: _own(image, source)
    return lambda _image: Given(source, source["text"])


def captions_of(run: Run, condition: Condition, source: negatives.Source) -> CaptionQuerySet:
    """The captions that a source of the condition takes, of the run's diffusion-negative images."""
    images = dns_images_of(run, condition, source)
    return Caption.objects.filter(captioner=negatives.captioner_of(source), image__in=images)


def dns_images_of(run: Run, condition: Condition, source: negatives.Source) -> ImageQuerySet:
    """The run's diffusion-negative images that a source of the condition looks at."""
    return run.dns_images().filter(condition__fingerprint=condition.dns_fingerprint(source))


def _captioned(run: Run, condition: Condition, source: negatives.Source) -> Answers:
    fields = ("image__prompt", "image__seed", "state", "text", "reason", "pk", "image")
    rows = captions_of(run, condition, source).values_list(*fields).iterator()
    captions = {(prompt, seed): _Row(*of_caption) for prompt, seed, *of_caption in rows}
    failed = dns_images_of(run, condition, source).failed()
    lost = {(prompt, seed): reason for prompt, seed, reason in failed.values_list("prompt", "seed", "reason")}

    def answer(image: Image) -> Answer:
        pair = (image.prompt_id, image.seed)
        if caption := captions.get(pair):
            return _said(source, caption)
        return f"The diffusion-negative image failed: {lost[pair]}" if pair in lost else None

    return answer


class _Row(NamedTuple):
    """What is to be known of a caption or text: of a million there is room for no more."""

    state: str
    text: str
    reason: str
    pk: int
    image: int = 0


def _said(source: negatives.Source, caption: _Row) -> Answer:
    if caption.state == Caption.State.QUEUED:
        return None
    if caption.state == Caption.State.FAILED:
        return f"There is no caption from {negatives.in_words(source)}: {caption.reason}"
    return Given(source, caption.text, {"caption": caption.pk, "dns_image": caption.image})


def _texts(run: Run, source: negatives.Source) -> NegativeTextQuerySet:
    return run.negative_texts().filter(key=negatives.key_of(source))


def _asked(run: Run, source: negatives.Source) -> Answers:
    rows = _texts(run, source).values_list("prompt", "seed", "state", "text", "reason", "pk")
    texts = {(prompt, seed): _Row(state, text, reason, pk) for prompt, seed, state, text, reason, pk in rows.iterator()}

    def answer(image: Image) -> Answer:
        row = texts.get((image.prompt_id, image.seed)) or texts.get((image.prompt_id, None))
        if row is None or row.state == NegativeText.State.QUEUED:
            return None
        if row.state == NegativeText.State.FAILED:
            return f"There is no text from {negatives.in_words(source)}: {row.reason}"
        return Given(source, row.text, {"negative_text": row.pk})

    return answer


def _own(image: Image, source: negatives.Source) -> Answer:
    name = source["name"]
    if name in image.prompt.negatives:
        return Given(source, image.prompt.negatives[name])
    return f"The prompt has no negative “{name}”: add it to the prompt, then retry."
