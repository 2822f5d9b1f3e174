"""The registry of methods: every method of the papers by its name. Nothing here imports torch."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from generation.methods import cfg, negative_prompt
from generation.methods.rule import Method
from generation.methods.settings import BadSettings, describe, parse

__all__ = ["IMPORTED", "METHODS", "BadSettings", "UnknownMethod", "complete", "describe", "find", "parse"]

METHODS: dict[str, Method] = {"cfg": cfg, "negative_prompt": negative_prompt}
IMPORTED = "imported"  # the method of images that were brought along, not made here


class UnknownMethod(LookupError):
    """A name that is no method's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no method “{name}”; choose one of: {', '.join(METHODS)}.")


def find(method: str) -> Method:
    """The method of that name. Raises UnknownMethod."""
    try:
        return METHODS[method]
    except KeyError:
        raise UnknownMethod(method) from None


def complete(method: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with the method's defaults filled in. Raises UnknownMethod and BadSettings."""
    return dataclasses.asdict(parse(find(method).Settings, settings))
