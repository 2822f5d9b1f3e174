"""Rows of every method of the registry, for the tiny checkpoint."""

from typing import Any

from generation.methods import METHODS
from generation.methods.settings import REQUIRED, fields_of
from generation.sampler import Row

RESOLUTION = 4  # of the tiny checkpoint's attention maps


def settings_of(method: str, **others: Any) -> dict[str, Any]:
    """Settings under which a method runs on the tiny checkpoint: its defaults, and what it has no default for."""
    fields = fields_of(METHODS[method].settings)
    needed: dict[str, Any] = {name: "pale" for name, field in fields.items() if field.default is REQUIRED}
    return needed | ({"resolution": RESOLUTION} if "resolution" in fields else {}) | others


def scheduler_of(method: str) -> str:
    """DDIM, or the first scheduler that the method's rule holds under."""
    return next(iter(METHODS[method].schedulers), "ddim")


def row(method: str, prompt: str = "a ring and a star", seed: int = 5, evaluations: int = 3, **settings: Any) -> Row:
    """A row of a method on the tiny checkpoint."""
    return Row(prompt, seed, method, settings_of(method, **settings), scheduler_of(method), evaluations, 64)
