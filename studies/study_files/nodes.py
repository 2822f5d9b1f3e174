"""YAML with the place of everything: mappings, lists and values that know their line, so that faults can say where they are.

Only plain data is read (the safe schema of YAML 1.1): no tags, no merge keys, and no aliases, which could blow a small file up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from studies.study_files.errors import BadStudyFile, Place

LONGEST = 5_000_000  # characters
PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")}


@dataclass(frozen=True)
class Node:
    """A value with its place; the values of mappings and lists are nodes too. keys: the places of a mapping's keys."""

    place: Place
    value: Any
    keys: dict[str, Place]

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def parse(text: str, path: Path) -> Node:
    """The document in a text. Raises BadStudyFile for what is no YAML, or more than plain data."""
    if len(text) > LONGEST:
        raise BadStudyFile(path, [(Place(1, 1), f"A study file has at most {LONGEST} characters.")])
    try:
        _refuse_aliases(text, path)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        said = " ".join(filter(None, (error.context, error.problem)))
        raise BadStudyFile(path, [(_place(error.problem_mark or error.context_mark), f"This is no YAML: {said}.")]) from error
    except yaml.reader.ReaderError as error:
        raise BadStudyFile(
            path, [(Place(1, 1), f"A character of this file is not allowed in YAML: {error.reason}.")]
        ) from error
    if root is None:
        raise BadStudyFile(path, [(Place(1, 1), "The file is empty. docs/study_files.md shows a whole one.")])
    faults = list(_faults(root))
    if faults:
        raise BadStudyFile(path, faults)
    return _node(root)


def _refuse_aliases(text: str, path: Path) -> None:
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise BadStudyFile(path, [(_place(event.start_mark), "Aliases (*) are not read; write it out.")])


def _faults(node: "yaml.Node") -> Iterator[tuple[Place, str]]:
    """Tags that stand for more than plain data, keys that are no texts, and keys that stand there twice."""
    if node.tag not in PLAIN_TAGS:
        yield _place(node.start_mark), f"“{node.value}” is read as {node.tag}; put it in quotation marks to make it a text."
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _faults(item)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                yield _place(key.start_mark), "A key must be a text."
            elif key.value in seen:
                yield _place(key.start_mark), f"“{key.value}” stands here twice."
            else:
                seen.add(key.value)
            yield from _faults(value)


def _node(node: "yaml.Node") -> Node:
    place = _place(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        keys = {key.value: _place(key.start_mark) for key, _ in node.value}
        return Node(place, {key.value: _node(value) for key, value in node.value}, keys)
    if isinstance(node, yaml.SequenceNode):
        return Node(place, [_node(item) for item in node.value], {})
    return Node(place, yaml.SafeLoader("").construct_object(node), {})


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
