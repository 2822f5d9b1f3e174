"""A method's settings as a schema: a frozen dataclass whose fields say their type, default, range and meaning.

A schema may have PRESETS, named values of several settings at once: {"preset": "weak"} stands for its values, and what is
given beside it goes before them.
"""

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, get_type_hints

REQUIRED: Any = dataclasses.MISSING
PRESET = "preset"
GUIDANCE_SCALE = "guidance scale s"
NEGATIVE_TEXT = "a text that the image is led away from, in place of the empty one"
Schema = TypeVar("Schema")


class ByStep(dict[str, float]):
    """Numbers by the index of a step, with texts as keys as JSON has them: {"0": 0.05, "10": 0.5}. Not to be changed."""

    def __init__(self, numbers: Mapping[Any, float] | Iterable[tuple[Any, float]]) -> None:
        super().__init__({str(int(step)): float(number) for step, number in dict(numbers).items()})

    def __hash__(self) -> int:  # type: ignore[override]  # so that it can be a default
        return hash(frozenset(self.items()))


class BadSettings(ValueError):
    """Settings that a method does not take; `sentences` says what to change, one fault each."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def setting(
    default: Any, meaning: str, *, low: float = -math.inf, high: float = math.inf, choices: tuple[str, ...] = ()
) -> Any:
    """A field of a settings dataclass: its default (or REQUIRED), what it means, and the range or choices it must keep to."""
    metadata = {"meaning": meaning, "low": low, "high": high, "choices": choices}
    return dataclasses.field(default=default, metadata=metadata)


def guidance_scale(default: float = 7.5) -> Any:
    """The field of a guidance scale s."""
    return setting(default, GUIDANCE_SCALE, low=-100, high=100)


def parse(schema: type[Schema], given: Mapping[str, Any]) -> Schema:
    """The settings object for the given values, defaults filled in. Raises BadSettings that names every fault."""
    if not isinstance(given, Mapping):
        raise BadSettings([f"Settings must be names with values, such as {{}} or {{“scale”: 5}}, not {given!r}."])
    given = _with_preset(schema, given)
    fields, types = fields_of(schema), get_type_hints(schema)
    faults = [f"“{name}” is not a setting here; there are: {', '.join(fields)}." for name in given if name not in fields]
    faults += [_missing(field) for name, field in fields.items() if name not in given and field.default is REQUIRED]
    known = {name: value for name, value in given.items() if name in fields}
    faults += [fault for name, value in known.items() if (fault := _fault(fields[name], types[name], value))]
    if faults:
        raise BadSettings(faults)
    return schema(**{name: types[name](value) for name, value in known.items()})


def describe(schema: type[Any]) -> list[str]:
    """One line for each setting: its name, default and range, and what it means; and one for the presets, if there are any."""
    lines = [
        f"{field.name} ({_default(field)}{_range(field)}): {field.metadata['meaning']}" for field in fields_of(schema).values()
    ]
    presets = presets_of(schema)
    return [*lines, f"{PRESET} ({', '.join(presets)}): values for several of these at once"] if presets else lines


def presets_of(schema: type[Any]) -> Mapping[str, Mapping[str, Any]]:
    """The presets of a settings dataclass by name."""
    presets: Mapping[str, Mapping[str, Any]] = getattr(schema, "PRESETS", {})
    return presets


def _with_preset(schema: type[Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The given values, over those of the preset that they name."""
    presets = presets_of(schema)
    if not presets or PRESET not in given:
        return given
    if not isinstance(given[PRESET], str) or given[PRESET] not in presets:
        raise BadSettings([f"“{PRESET}” must be one of {', '.join(presets)}, not {given[PRESET]!r}."])
    return {**presets[given[PRESET]], **{name: value for name, value in given.items() if name != PRESET}}


def fields_of(schema: type[Any]) -> dict[str, "dataclasses.Field[Any]"]:
    """The fields of a settings dataclass by name."""
    return {field.name: field for field in dataclasses.fields(schema)}


def _default(field: "dataclasses.Field[Any]") -> str:
    return "required" if field.default is REQUIRED else f"default {field.default!r}"


def _range(field: "dataclasses.Field[Any]") -> str:
    if choices := field.metadata["choices"]:
        return f", one of {', '.join(choices)}"
    low, high = field.metadata["low"], field.metadata["high"]
    if high == math.inf:
        return "" if low == -math.inf else f", at least {low}"
    return f", from {low} to {high}"


def _missing(field: "dataclasses.Field[Any]") -> str:
    return f"“{field.name}” must be given: {field.metadata['meaning']}."


def _fault(field: "dataclasses.Field[Any]", wanted: type[Any], value: Any) -> str:
    """What is wrong with this value, as a sentence; empty if nothing is."""
    if wanted is ByStep:
        return _fault_by_step(field, value)
    accepted = (int, float) if wanted is float else (wanted,)
    if not isinstance(value, accepted) or (isinstance(value, bool) and wanted is not bool):
        return f"“{field.name}” must be of type {wanted.__name__}, not {value!r}."
    choices = field.metadata["choices"]
    if choices and value not in choices:
        return f"“{field.name}” must be one of {', '.join(choices)}, not {value!r}."
    if not isinstance(value, (int, float)):
        return ""
    low, high = field.metadata["low"], field.metadata["high"]
    if not (_is_finite(value) and low <= value <= high):
        return f"“{field.name}” must be a finite number between {low} and {high}, not {value!r}."
    return ""


def _fault_by_step(field: "dataclasses.Field[Any]", value: Any) -> str:
    if not isinstance(value, Mapping) or not all(str(step).isdecimal() for step in value):
        return f"“{field.name}” must have numbers by step, such as {{“0”: 0.05}}, not {value!r}."
    faults = (_fault(field, float, number) for number in value.values())
    return next((fault for fault in faults if fault), "")


def _is_finite(number: float) -> bool:
    """Whether this is a number that a float can hold; whole numbers may be larger than that."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False
