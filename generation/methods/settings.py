"""A method's settings as a schema: a frozen dataclass whose fields say their type, default, range and meaning."""

import dataclasses
from collections.abc import Mapping
from typing import Any, get_type_hints


class BadSettings(ValueError):
    """Settings that a method does not take; `sentences` says what to change, one fault each."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def setting(default: Any, meaning: str, *, low: float | None = None, high: float | None = None) -> Any:
    """A field of a settings dataclass: its default, what it means, and the range it must keep to."""
    return dataclasses.field(default=default, metadata={"meaning": meaning, "low": low, "high": high})


def parse(schema: type[Settings], given: Mapping[str, Any]) -> Settings:
    """The settings object for the given values, defaults filled in. Raises BadSettings that names every fault."""
    fields = {field.name: field for field in dataclasses.fields(schema)}  # type: ignore[arg-type]
    types = get_type_hints(schema)
    sentences = [f"“{name}” is not a setting here; there are: {', '.join(fields) or 'none'}." for name in given if name not in fields]
    known = {name: value for name, value in given.items() if name in fields}
    sentences += [fault for name, value in known.items() if (fault := _fault(fields[name], types[name], value))]
    if sentences:
        raise BadSettings(sentences)
    return schema(**{name: types[name](value) for name, value in known.items()})


def _fault(field: "dataclasses.Field[Any]", wanted: type, value: Any) -> str:
    accepted = (int, float) if wanted is float else (wanted,)
    if not isinstance(value, accepted) or (isinstance(value, bool) and wanted is not bool):
        return f"“{field.name}” must be of type {wanted.__name__}, not {value!r}."
    low, high = field.metadata["low"], field.metadata["high"]
    if (low is not None and value < low) or (high is not None and value > high):
        return f"“{field.name}” must lie between {low} and {high}, not be {value!r}."
    return ""
