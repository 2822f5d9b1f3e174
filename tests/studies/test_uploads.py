import io

import numpy as np
import PIL.Image
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from studies.uploads import LARGEST_FILE, as_png
from tests.factories_generation import png

ORIENTATION, UPSIDE_DOWN = 0x0112, 3


def _file(image: PIL.Image.Image, kind: str, **options: object) -> "ContentFile[bytes]":
    file = io.BytesIO()
    image.save(file, kind, **options)
    return ContentFile(file.getvalue(), name="whatever.txt")


def _opened(file: "ContentFile[bytes]") -> PIL.Image.Image:
    image = PIL.Image.open(file)
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_image_of_each_kind_becomes_a_png_under_a_random_name(kind: str) -> None:
    made = as_png(_file(PIL.Image.new("RGB", (6, 4), "red"), kind))
    assert (_opened(made).format, _opened(made).size) == ("PNG", (6, 4))
    assert made.name
    assert len(made.name) == len("0" * 32 + ".png")


def test_nothing_but_the_pixels_is_kept() -> None:
    told = PIL.Image.Exif()
    told[0x010E] = "a secret"
    made = as_png(_file(PIL.Image.new("RGB", (4, 4), "red"), "JPEG", exif=told, comment=b"a secret"))
    assert b"secret" not in made.read()
    assert _opened(made).info == {}


def test_a_photograph_is_turned_as_its_camera_says() -> None:
    pixels = np.zeros((4, 4, 3), dtype=np.uint8)
    pixels[:2] = 255
    turned = PIL.Image.Exif()
    turned[ORIENTATION] = UPSIDE_DOWN
    made = as_png(_file(PIL.Image.fromarray(pixels), "PNG", exif=turned))
    np.testing.assert_array_equal(np.asarray(_opened(made)), pixels[::-1])


def test_what_is_transparent_lies_on_white() -> None:
    made = as_png(_file(PIL.Image.new("RGBA", (1, 1), (0, 0, 0, 0)), "PNG"))
    assert _opened(made).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload='alert(1)'/>", b"GIF89a" + bytes(20), png()[:60], b"\x89PNG\r\n\x1a\n" + bytes(40)]
)
def test_what_is_no_image_is_refused_whatever_its_name_says(content: bytes) -> None:
    with pytest.raises(ValidationError, match="not an image that can be read"):
        as_png(ContentFile(content, name="image.png"))


def test_an_image_of_another_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="Upload a PNG, JPEG or WebP file"):
        as_png(_file(PIL.Image.new("RGB", (4, 4)), "BMP"))


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(ValidationError, match=r"This file has 4\.0 MB; upload one of at most 4 MB"):
        as_png(ContentFile(bytes(LARGEST_FILE + 1), name="image.png"))


@pytest.mark.parametrize("size", [(4097, 1), (1, 4097)])
def test_an_image_of_too_many_pixels_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValidationError, match=f"{size[0]}×{size[1]} pixels; upload one of at most 4096×4096"):
        as_png(_file(PIL.Image.new("1", size), "PNG"))


def test_a_small_file_that_unfolds_to_a_huge_image_is_refused() -> None:
    with pytest.raises(ValidationError):
        as_png(_file(PIL.Image.new("1", (10_000, 10_000)), "PNG"))
