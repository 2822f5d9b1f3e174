"""YAML whose fields know the line that they stand on, so that a fault can be told where it is."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml


class BadStudyFile(ValueError):
    """A file that does not describe a study; it says on which line, and what to write there."""


@dataclass(frozen=True)
class Field:
    """A value of the file: its node, and what to call it."""

    path: Path
    node: yaml.Node
    name: str

    def fail(self, sentence: str) -> NoReturn:
        """Raise BadStudyFile with the line of this value."""
        raise BadStudyFile(f"{self.path}, line {self.node.start_mark.line + 1}: {sentence}")

    def fields(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, "Field"]:
        """The values of a mapping that has all of these names, and none but these."""
        found = self._named()
        for name, field in found.items():
            if name not in (*required, *optional):
                field.fail(f"“{name}” is not a name here; there are: {', '.join((*required, *optional))}.")
        for name in required:
            if name not in found:
                self.fail(f"“{self.name}” lacks “{name}”.")
        return found

    def items(self) -> list["Field"]:
        """The values of a list that is not empty."""
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            self.fail(f"“{self.name}” must be a list of one or more.")
        return [Field(self.path, node, f"{self.name} {number}") for number, node in enumerate(self.node.value, 1)]

    def text(self) -> str:
        """A text that is not empty; numbers are texts too."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.fail(f"“{self.name}” must be a text.")
        return str(self.node.value)

    def number(self, low: float, high: float) -> float:
        """A number between low and high."""
        value = self.value()
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.fail(f"“{self.name}” must be a number between {low:g} and {high:g}, not {value!r}.")
        return float(value)

    def whole_number(self, low: int, high: int) -> int:
        number = self.number(low, high)
        if not math.isclose(number, round(number)):
            self.fail(f"“{self.name}” must be a whole number, not {number!r}.")
        return round(number)

    def value(self) -> Any:
        """The plain value: numbers, texts, and lists and mappings of them."""
        try:
            return yaml.SafeLoader("").construct_document(self.node)
        except (yaml.YAMLError, ValueError) as error:
            self.fail(f"“{self.name}” cannot be read: {error}")

    def _named(self) -> dict[str, "Field"]:
        if not isinstance(self.node, yaml.MappingNode):
            self.fail(f"“{self.name}” must be names with values.")
        found: dict[str, Field] = {}
        for key, value in self.node.value:
            name = Field(self.path, key, f"a name in {self.name}").text()
            if name in found:
                Field(self.path, key, name).fail(f"“{name}” stands here twice.")
            found[name] = Field(self.path, value, name)
        return found


def read_file(path: Path) -> Field:
    """The whole file as one field. Raises BadStudyFile for what is no YAML, and OSError."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise BadStudyFile(f"{path}, line {_line(error)}: this is no YAML: {error.problem}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadStudyFile(f"{path} is no YAML: {error}") from error
    if node is None:
        raise BadStudyFile(f"{path}, line 1: the file is empty.")
    return Field(path, node, "the file")


def _line(error: yaml.MarkedYAMLError) -> int:
    return error.problem_mark.line + 1 if error.problem_mark else 1
