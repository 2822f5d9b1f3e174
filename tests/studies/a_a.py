"""An A/A study, what a worker's browser receives of it, and what of that tells its two conditions apart.

Both conditions have the same pixels, so whatever predicts the condition is a leak.
"""

import hashlib
import io
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import PIL.Image
from django.core.files.base import ContentFile
from django.http import HttpResponseBase
from django.test import Client
from numpy.typing import NDArray
from PIL.PngImagePlugin import PngInfo
from scipy.stats import mannwhitneyu

from generation.storing import file_name
from studies.models import Study, Trial
from studies.publishing import publish
from tests.factories_generation import ImageFactory, PromptFactory
from tests.factories_studies import NOON, StudyPromptSetFactory, ready_study
from tests.studies.visiting import ANSWERS, agree

Pixels = NDArray[np.uint8]

SIZE = 24
LONG_AGO = 1_600_000_000  # September 2020
SIGNED = re.compile(r"(?<=^/i/)[\w-]{16}\.\d\.\d{10}:[\w-]{43}(?=\.png$)")
ADDRESS = re.compile(r"/i/[^\"\s]+\.png")
SHOWN = re.compile(r"src=\"(/i/[^\"]+)\"")
RANDOM = re.compile(
    r"(?<=/)[\w-]{16,}(?=/)|(?<=name=\"trial\" value=\")[\w-]{16}|\w{64}"
)  # tokens in addresses, the form's secret
ONE_IN_A_MILLION = 1e-6


def a_a_study(*, prompts: int, votes_wanted: int) -> Study:
    """A published study of two conditions: the first has plain PNGs, the second other formats, metadata, sizes and ages."""
    study = ready_study(prompts=0, votes_wanted=votes_wanted, trials_per_session=prompts)
    chosen = StudyPromptSetFactory.create(study=study)
    plain, varied = study.conditions.all()
    for number in range(prompts):
        prompt = PromptFactory.create(prompt_set=chosen.prompt_set, text=f"a star, number {number:03}")  # all equally long
        pixels = np.random.default_rng(number).integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)
        pixels = (pixels // 128) * 255  # eight colours, which a palette holds too
        for condition, content in ((plain, _png(pixels)), (varied, VARIED[number % len(VARIED)](pixels))):
            image = ImageFactory.create(prompt=prompt, seed=0, condition=condition.condition)
            image.file.save(file_name(image), ContentFile(content))
        os.utime(image.file.path, (LONG_AGO, LONG_AGO))
    publish(study, NOON)
    return study


def _saved(image: PIL.Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _png(pixels: Pixels) -> bytes:
    return _saved(PIL.Image.fromarray(pixels), "PNG", compress_level=0)


def _palette(pixels: Pixels) -> bytes:
    """An indexed PNG that says which method made it."""
    image = PIL.Image.fromarray((pixels[..., 0] // 255 * 4 + pixels[..., 1] // 255 * 2 + pixels[..., 2] // 255).astype("uint8"))
    image.putpalette([channel * 255 for color in range(8) for channel in (color >> 2, color >> 1 & 1, color & 1)])
    said = PngInfo()
    said.add_text("parameters", "Method B, scale 7.5")
    return _saved(image, "PNG", pnginfo=said, optimize=True, dpi=(72, 72))


def _webp(pixels: Pixels) -> bytes:
    exif = PIL.Image.Exif()
    exif[0x010E] = "Method B"  # ImageDescription
    return _saved(PIL.Image.fromarray(pixels), "WEBP", lossless=True, exif=exif)


def _tiff(pixels: Pixels) -> bytes:
    return _saved(PIL.Image.fromarray(pixels), "TIFF", compression="tiff_lzw", description="Method B")


def _bmp(pixels: Pixels) -> bytes:
    return _saved(PIL.Image.fromarray(pixels), "BMP")


VARIED = (_palette, _webp, _tiff, _bmp)


@dataclass(frozen=True)
class ImageReceived:
    """An image as it came, and, for the test alone, the row of its condition and its prompt."""

    condition: int
    prompt: str
    position: int
    address: str  # without what is random in it
    headers: str
    length: int
    digest: str
    seconds: float


@dataclass(frozen=True)
class TrialReceived:
    """All that came with one trial: its page and the answer to its votes, without what is random, and its images."""

    number: int
    page: str
    images: tuple[ImageReceived, ...]


def sessions_of(study: Study) -> Iterator[TrialReceived]:
    """Every trial of a study, by workers who vote until nothing is left."""
    while (response := agree(Client(), study.link_path)).status_code == 302:
        client = Client()
        client.cookies.update(response.cookies)
        yield from _trials(client, response.headers["Location"])


def _trials(client: Client, address: str) -> Iterator[TrialReceived]:
    while address.startswith("/t/"):
        page = client.get(address)
        trial = Trial.objects.select_related("comparison__prompt").get(token=address.split("/")[2])
        shown = enumerate(SHOWN.findall(page.content.decode()), start=1)
        images = tuple(_image(client, trial, position, path) for position, path in shown)
        answer = client.post(address, ANSWERS)
        yield TrialReceived(trial.number, _without_chance(trial, page) + _without_chance(trial, answer), images)
        address = answer.headers["Location"]


def _image(client: Client, trial: Trial, position: int, address: str) -> ImageReceived:
    start = perf_counter()
    response = client.get(address)
    content = response.getvalue()
    seconds = perf_counter() - start
    return ImageReceived(
        condition=trial.shown[position - 1],
        prompt=trial.comparison.prompt.text,
        position=position,
        address=SIGNED.sub("signed", address),
        headers=_headers(response),
        length=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        seconds=seconds,
    )


def _headers(response: HttpResponseBase) -> str:
    """But for the request's id, which is drawn anew for each."""
    told = [("status", response.status_code), *response.items()]
    return "\n".join(sorted(f"{name}: {value}" for name, value in told if name != "X-Request-ID"))


def _without_chance(trial: Trial, response: HttpResponseBase) -> str:
    """Headers and body without addresses, tokens, prompt and cookies' secrets: what is left depends on the trial's number."""
    text = "\n".join([_headers(response), *sorted(response.cookies), b"".join(response).decode()])
    return RANDOM.sub("*", ADDRESS.sub("image", text.replace(trial.comparison.prompt.text, "prompt")))


def leaks(received: Sequence[TrialReceived]) -> set[str]:
    """What tells two conditions of the same pixels apart; empty if nothing does.

    All but the time is compared exactly. Times are ranked (Mann & Whitney 1947): the two conditions' images are fetched in
    turn, each condition as often first as second, so load and warm caches meet both alike, and a quiet site is accused once
    in a million runs. Of 500 and 500 times it finds a condition that is the slower in six of ten pairs.
    """
    images = [image for trial in received for image in trial.images]
    found = {name for name in ("address", "headers", "length", "digest") if _differ(received, name)}
    if len(set(Counter((image.condition, image.position) for image in images).values())) != 1:
        found.add("position")
    if len({(trial.number, trial.page) for trial in received}) != len({trial.number for trial in received}):
        found.add("page")
    first, second = sorted({image.condition for image in images})
    if mannwhitneyu(_seconds(images, first), _seconds(images, second)).pvalue <= ONE_IN_A_MILLION:
        found.add("time")
    return found


def _differ(received: Sequence[TrialReceived], name: str) -> bool:
    return any(len({getattr(image, name) for image in trial.images}) != 1 for trial in received)


def _seconds(images: Sequence[ImageReceived], condition: int) -> NDArray[np.float64]:
    return np.array([image.seconds for image in images if image.condition == condition])
