"""Images that were made elsewhere: stored like our own, re-encoded without metadata, and screened like the rest."""

from collections.abc import Callable, Sequence

import numpy as np
import PIL.Image
from django.db import transaction
from numpy.typing import NDArray

from generation import methods
from generation.imported_files import BadImport, Found
from generation.models import Condition, Image, Prompt, PromptSet
from generation.storing import Made, Screening, encode, save

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
    with PIL.Image.open(image.file.path) as picture:
        return np.array_equal(np.asarray(picture), one.pixels())


def store(found: Sequence[Found], screen: Screen) -> list[Image]:
    """Screen and store images that were found, all or none."""
    pixels = [one.pixels() for one in found]
    screenings = screen(pixels)
    with transaction.atomic():
        made = [
            Made(_row(one), encode(drawn), screening, {"method": methods.IMPORTED, "file": "/".join(one.path.parts[-3:])})
            for one, drawn, screening in zip(found, pixels, screenings, strict=True)
        ]
        save(made)
    return [one.image for one in made]


def _row(one: Found) -> Image:
    prompt_set, _ = PromptSet.objects.get_or_create(name=one.prompt_set, defaults={"source": "Imported with its images."})
    prompt, _ = Prompt.objects.get_or_create(prompt_set=prompt_set, text=one.prompt)
    condition = Condition.objects.ensure(method=methods.IMPORTED, settings={"name": one.condition})
    return Image.objects.create(prompt=prompt, seed=one.seed, condition=condition)
