"""Values of environment variables that are plain: wrong ones are refused by the variable's name."""

import os
import re
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

from generation.placement import AUTO


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, str(int(default)))
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def whole(name: str, default: int, *, least: int = 1) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not {value!r}.")
    return int(value)


def choice(name: str, choices: Sequence[str]) -> str:
    """One of the choices; the first if nothing is said."""
    value = os.environ.get(name, choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def device(name: str) -> str:
    value = os.environ.get(name, AUTO)
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", value):
        raise ImproperlyConfigured(f"{name} must be auto, cpu, cuda, cuda:N or mps, not {value!r}.")
    return value
