"""Uploaded images, checked by size and content and drawn anew, so that nothing but their pixels is kept."""

import io
import struct
import uuid

import PIL.Image
import PIL.ImageOps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File

FORMATS = ("PNG", "JPEG", "WEBP")
LARGEST_FILE = 4 * 1024 * 1024
LARGEST_SIDE = 4096

# What Pillow raises for files that are broken, cut off, or made to be far larger than they look.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    struct.error,
    PIL.Image.DecompressionBombError,
    PIL.Image.DecompressionBombWarning,
)


def as_png(upload: "File[bytes]") -> "ContentFile[bytes]":
    """The image as a PNG under a random name: upright, on white, without metadata.

    Raises ValidationError, in a sentence, for anything but a PNG, JPEG or WebP file of a fair size.
    """
    if upload.size > LARGEST_FILE:
        raise ValidationError(f"This file has {upload.size / 2**20:.1f} MB; upload one of at most {LARGEST_FILE // 2**20} MB.")
    try:
        with PIL.Image.open(upload, formats=FORMATS) as opened:
            _refuse_large(opened)
            pixels = _flat(PIL.ImageOps.exif_transpose(opened))
    except UNREADABLE as error:
        raise ValidationError("This is not an image that can be read. Upload a PNG, JPEG or WebP file.") from error
    encoded = io.BytesIO()
    pixels.save(encoded, "PNG")
    return ContentFile(encoded.getvalue(), name=f"{uuid.uuid4().hex}.png")


def _refuse_large(image: PIL.Image.Image) -> None:
    if max(image.size) > LARGEST_SIDE:
        size = f"{image.width}×{image.height}"
        raise ValidationError(f"This image has {size} pixels; upload one of at most {LARGEST_SIDE}×{LARGEST_SIDE}.")


def _flat(image: PIL.Image.Image) -> PIL.Image.Image:
    paper = PIL.Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    return paper.convert("RGB")
