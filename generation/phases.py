"""How a run advances to images whose negatives come from sources.

First the diffusion-negative images are made, with all images that need nothing; then captions of them, while chat models are
asked; then the images that waited. Nothing here draws, captions or asks: rows are queued and put into batches as what they
need becomes ready. Everything may be called again, by several workers at once, and adds nothing twice.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone

from generation import many_rows, negatives, quotations
from generation.answers import Answers, Given, answers_of, dns_images_of, is_awaited
from generation.batching import ROWS_PER_QUERY, SLICE, batch_captions, batch_images, batch_texts, unbatched
from generation.models import Batch, Caption, Condition, Image, NegativeText, Prompt, Run
from generation.seeds import parse_seeds
from generation.slices import held, in_turns

FLAGGED = "It is flagged as NSFW, and nobody is shown it."


def ask(run: Run) -> None:
    """Add the rows of the captions and texts that the run's images need, and that are not there yet; people are not asked."""
    for condition in run.conditions.with_sources().select_related("checkpoint"):
        for source in condition.negative_sources:
            if source["source"] == negatives.AUTO_DNP:
                _ask_captioner(run, condition, source)
            elif source["source"] in negatives.ASKED:
                texts = _drawn(run, source) if source["source"] == negatives.RANDOM else _asked(run, source)
                for lot in many_rows.in_lots(texts, ROWS_PER_QUERY):
                    NegativeText.objects.bulk_create(lot, ignore_conflicts=True)


def _ask_captioner(run: Run, condition: Condition, source: negatives.Source) -> None:
    captioner = negatives.captioner_of(source)
    images = run.dns_images().filter(condition__fingerprint=condition.dns_fingerprint(source))
    without = images.exclude(captions__captioner=captioner).order_by("pk").values_list("pk", flat=True)
    for keys in many_rows.in_lots(without, ROWS_PER_QUERY):
        rows = [Caption(image_id=key, captioner=captioner, source=source) for key in keys]
        Caption.objects.bulk_create(rows, ignore_conflicts=True)


def _asked(run: Run, source: negatives.Source) -> list[NegativeText]:
    """One text for each prompt that has none, to be asked for."""
    key = negatives.key_of(source)
    prompts = Prompt.objects.filter(prompt_set__runs=run).exclude(negative_texts__key=key)
    return [NegativeText(prompt=prompt, source=source, key=key) for prompt in prompts]


def _drawn(run: Run, source: negatives.Source) -> Iterator[NegativeText]:
    """One quotation for each prompt and seed that has none; drawing is no work for a worker."""
    key, now = negatives.key_of(source), timezone.now()
    there = set(NegativeText.objects.filter(key=key, prompt__prompt_set__runs=run).values_list("prompt", "seed"))
    own = {"source": source, "key": key, "state": NegativeText.State.DONE, "finished_at": now}
    for prompt, seed in itertools.product(Prompt.objects.filter(prompt_set__runs=run), parse_seeds(run.seeds)):
        if (prompt.pk, seed) not in there:
            yield NegativeText(prompt=prompt, seed=seed, text=quotations.draw(prompt.text, seed), **own)


def advance(run: Run) -> list[Batch]:
    """Queue what has become ready for the run's images, and put it into batches: the new ones, for workers to be called.

    What can never become ready fails with the reason of what it waited for. Many images are done slice by slice.
    """
    batches = []
    if waiting := [one for one in run.conditions.with_sources() if run.images_of([one.pk]).waiting().exists()]:
        with held(run):
            batches += [*_batch_texts(run), *_batch_captions(run)]
        for condition in waiting:
            _release(run, condition)
    for cuts in in_turns(unbatched(run)):
        with held(run):
            batches += batch_images(run, cuts)
    return batches


def _batch_texts(run: Run) -> list[Batch]:
    texts = run.negative_texts().queued().filter(batch=None).order_by("pk").select_for_update(of=("self",))
    return batch_texts(run, list(texts.values_list("pk", flat=True)))


def _batch_captions(run: Run) -> list[Batch]:
    """Once no diffusion-negative image is queued any more, so that batches are full and a checkpoint makes room once."""
    if run.dns_images().queued().exists():
        return []
    alone = run.captions().queued().filter(batch=None).order_by("pk").select_for_update(of=("self",))
    rows = list(alone.values_list("captioner", "pk", "image__state"))
    _lose([pk for _, pk, state in rows if state == Image.State.FAILED])
    return batch_captions(run, [(captioner, pk) for captioner, pk, state in rows if state != Image.State.FAILED])


def _lose(keys: Sequence[int]) -> None:
    """Fail captions of diffusion-negative images that failed."""
    for lot in many_rows.in_lots(keys, ROWS_PER_QUERY):
        captions = list(Caption.objects.filter(pk__in=lot).select_related("image"))
        for caption in captions:
            caption.state, caption.finished_at = Caption.State.FAILED, timezone.now()
            caption.reason = f"The diffusion-negative image failed: {caption.image.reason}"
        Caption.objects.bulk_update(captions, ["state", "reason", "finished_at"])


def _release(run: Run, condition: Condition) -> None:
    """Queue the waiting images of a condition whose sources have all answered, or fail them with what failed.

    While a model still captions or answers for one of them, all wait, so that batches are full; nobody waits for people.
    """
    sources = condition.negative_sources
    if any(is_awaited(run, condition, source) for source in sources):
        return
    for source in sources:
        if source["source"] == negatives.HUMAN:
            _spare_people(run, condition, source)
    answers = [answers_of(run, condition, source) for source in sources]
    waiting = run.images_of([condition.pk]).waiting().order_by("pk")
    for keys in in_turns(many_rows.in_lots(list(waiting.values_list("pk", flat=True)), SLICE)):
        with held(run):
            locked = Image.objects.waiting().filter(pk__in=keys).order_by("pk").select_related("prompt")
            _save(_answered(locked.select_for_update(of=("self",)).iterator(ROWS_PER_QUERY), answers))


def _save(images: Iterable[Image]) -> None:
    images = list(images)
    failed = [image for image in images if image.state == Image.State.FAILED]
    Image.objects.bulk_update(failed, ["state", "reason", "finished_at"], batch_size=ROWS_PER_QUERY)
    many_rows.queue_with_negatives((image.pk, image.negatives) for image in images if image.state == Image.State.QUEUED)


def _spare_people(run: Run, condition: Condition, source: negatives.Source) -> None:
    """Say of flagged diffusion-negative images, which nobody is shown, that people cannot describe them."""
    captioner = negatives.captioner_of(source)
    flagged = dns_images_of(run, condition, source).filter(state=Image.State.FLAGGED).exclude(captions__captioner=captioner)
    own = {"state": Caption.State.INDESCRIBABLE, "reason": FLAGGED, "finished_at": timezone.now()}
    captions = [Caption(image=image, captioner=captioner, source=source, **own) for image in flagged.order_by("pk")]
    Caption.objects.bulk_create(captions, ignore_conflicts=True, batch_size=ROWS_PER_QUERY)


def _answered(images: Iterable[Image], answers: Sequence[Answers]) -> Iterator[Image]:
    """Those images to which all sources have answered, filled in, to be saved."""
    for image in images:
        found = [answer(image) for answer in answers]
        if reasons := [each for each in found if isinstance(each, str)]:
            image.state, image.reason, image.finished_at = Image.State.FAILED, " ".join(reasons), timezone.now()
            yield image
        elif all(found):
            image.state = Image.State.QUEUED
            image.negatives = [given.as_json() for given in found if isinstance(given, Given)]
            yield image
