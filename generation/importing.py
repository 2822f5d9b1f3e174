"""Images that were made elsewhere: stored like our own, re-encoded without metadata, and screened like the rest."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import PIL.Image
from django.db import transaction
from numpy.typing import NDArray

from generation import methods
from generation.imported_files import BadImport, Found
from generation.models import Condition, Image, Prompt, PromptSet
from generation.storing import Made, Screening, save

Screen = Callable[[Sequence[NDArray[np.uint8]]], Sequence[Screening]]


def without_stored(found: Sequence[Found]) -> list[Found]:
    """Those of the images that are not stored yet. Raises BadImport for images stored already with other pixels."""
    stored = {one: image for one in found if (image := _stored(one))}
    changed = [one for one, image in stored.items() if not _same_pixels(one, image)]
    if changed:
        raise BadImport(
            [f"{one.path}: this image was imported before with other pixels; name another condition." for one in changed]
        )
    return [one for one in found if one not in stored]


def stored_unscreened(found: Iterable[Found]) -> list[Found]:
    """Those of the images that are stored already, and that nobody has screened."""
    return [one for one in found if (image := _stored(one)) and not image.screened_by]


def new_prompts(found: Iterable[Found]) -> dict[str, list[str]]:
    """The prompts of the images that their prompt sets do not have yet, by prompt set."""
    new: dict[str, list[str]] = defaultdict(list)
    for prompt_set, text in dict.fromkeys((one.prompt_set, one.prompt) for one in found):
        if not Prompt.objects.filter(prompt_set__name=prompt_set, text=text).exists():
            new[prompt_set].append(text)
    return dict(new)


def require_new_sets(added: Mapping[str, Sequence[str]]) -> None:
    """Raise BadImport for prompts that would be added to prompt sets which are there already."""
    there = PromptSet.objects.filter(name__in=added).values_list("name", flat=True)
    faults = [
        f"“{text}” is not in the prompt set “{name}”; mend the prompts file, or add the prompt with --new-prompts."
        for name in there
        for text in added[name]
    ]
    if faults:
        raise BadImport(faults)


def add_prompts(added: Mapping[str, Sequence[str]]) -> None:
    """Store new prompts by prompt set, all or none; prompt sets that are missing are added, too."""
    with transaction.atomic():
        for name, texts in added.items():
            prompt_set, _ = PromptSet.objects.get_or_create(name=name, defaults={"source": "Imported with its images."})
            Prompt.objects.bulk_create(Prompt(prompt_set=prompt_set, text=text) for text in texts)


def _stored(one: Found) -> Image | None:
    return Image.objects.filter(
        condition__fingerprint=_condition(one).compute_fingerprint(),
        prompt__prompt_set__name=one.prompt_set,
        prompt__text=one.prompt,
        seed=one.seed,
    ).first()


def _condition(one: Found) -> Condition:
    return Condition(method=methods.IMPORTED, settings={"name": one.condition})


def _same_pixels(one: Found, image: Image) -> bool:
    with image.file.open() as file, PIL.Image.open(file) as picture:
        return np.array_equal(np.asarray(picture), one.pixels())


def store(found: Sequence[Found], screen: Screen) -> list[Image]:
    """Screen and store images whose prompts are stored, all or none; one that is stored already is only screened again."""
    pixels = [one.pixels() for one in found]
    screenings = screen(pixels)
    with transaction.atomic():
        made = [
            Made(_row(one), drawn, screening, {"method": methods.IMPORTED, "file": "/".join(one.path.parts[-3:])})
            for one, drawn, screening in zip(found, pixels, screenings, strict=True)
        ]
        for one in made:
            one.put_on_row()
        save(made)
    return [one.row for one in made]


def _row(one: Found) -> Image:
    prompt = Prompt.objects.get(prompt_set__name=one.prompt_set, text=one.prompt)
    condition = Condition.objects.ensure(method=methods.IMPORTED, settings={"name": one.condition})
    image, _ = Image.objects.get_or_create(prompt=prompt, seed=one.seed, condition=condition)
    return image
