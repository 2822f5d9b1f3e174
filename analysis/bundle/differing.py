"""Two versions of the same numbers, compared one by one."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

RELATIVE = 1e-9  # libraries of another version may add up in another order
ABSOLUTE = 1e-12  # for what is zero but for rounding
NO_NAMES = ("warning", "instructions", "consent")  # texts of a row that do not tell it from others
LONGEST_NAME = 60
ABSENT = "nothing"  # stated or recomputed where the other side has something


@dataclass(frozen=True)
class Differing:
    """Something that is stated otherwise than it is recomputed; row: what it is about, in the words of its row."""

    where: str
    stated: object
    recomputed: object
    row: str = ""

    def __str__(self) -> str:
        about = f" ({self.row})" if self.row else ""
        return f"{self.where}{about}: stated {self.stated}, recomputed {self.recomputed}"


def differing(stated: object, recomputed: object, where: str = "", row: str = "") -> Iterator[Differing]:
    """What differs between two JSON values, by path: `studies.Demo.shares[3].percent`."""
    if isinstance(stated, dict) and isinstance(recomputed, dict):
        yield from _differing_objects(stated, recomputed, where)
    elif isinstance(stated, list) and isinstance(recomputed, list):
        pairs = itertools.zip_longest(stated, recomputed, fillvalue=ABSENT)
        for number, (one, other) in enumerate(pairs):
            yield from differing(one, other, f"{where}[{number}]", row)
    elif not is_alike(stated, recomputed):
        yield Differing(where, stated, recomputed, row)


def _differing_objects(stated: dict[str, object], recomputed: dict[str, object], where: str) -> Iterator[Differing]:
    names = (value for key, value in recomputed.items() if key not in NO_NAMES and isinstance(value, str) and value)
    row = ", ".join(name[:LONGEST_NAME] for name in names)
    for key in dict.fromkeys([*stated, *recomputed]):
        path = f"{where}.{key}" if where else key
        yield from differing(stated.get(key, ABSENT), recomputed.get(key, ABSENT), path, row)


def is_alike(one: object, other: object) -> bool:
    """Whether two values that hold no others are the same, numbers but for rounding."""
    if _is_number(one) and _is_number(other):
        return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE)  # type: ignore[arg-type]
    return type(one) is type(other) and one == other


def leaves(value: object) -> int:
    """How many values a JSON value holds that hold no others."""
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    return sum(map(leaves, value)) if isinstance(value, list) else 1


def differing_lines(name: str, stated: str, recomputed: str) -> Iterator[Differing]:
    """The lines of a text that differ, counted from 1."""
    pairs = itertools.zip_longest(stated.splitlines(), recomputed.splitlines(), fillvalue=ABSENT)
    for number, (one, other) in enumerate(pairs, start=1):
        if one != other:
            yield Differing(f"{name} line {number}", one, other)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
