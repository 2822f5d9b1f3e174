"""From a file to what it says, with the place of everything; whether the site can do it is for loading to find out."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studies.instructions import CONSENT, CRITERIA, TEMPLATES, Template
from studies.study_files import keys
from studies.study_files.errors import BadStudyFile, Place
from studies.study_files.keys import IN_WORDS, Keys
from studies.study_files.nodes import Node, parse

ALL = "all"
NOWHERE = Place(1, 1)
Faults = list[tuple[Place, str]]


@dataclass(frozen=True)
class Part:
    """A mapping of the file. values: what its keys hold. places: where; they make no difference to equality."""

    values: Mapping[str, Any]
    place: Place = field(default=NOWHERE, compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def place_of(self, key: str) -> Place:
        return self.places.get(key, self.place)


@dataclass(frozen=True)
class PromptSetPart:
    """A prompt set, and its prompts where the file has them."""

    part: Part
    prompts: tuple[Part, ...]


@dataclass(frozen=True)
class StudyFile:
    """What a study file says. Conditions have what `drawn_with` says of all of them."""

    path: Path = field(compare=False)
    study: Part
    conditions: tuple[Part, ...]
    prompt_sets: tuple[PromptSetPart, ...]
    criteria: tuple[Part, ...]
    quiz: tuple[Part, ...]
    checks: Part | None
    examples: tuple[Part, ...]

    @property
    def name(self) -> str:
        return str(self.study.values["name"])


def read(path: Path) -> StudyFile:
    """The study in a file. Raises BadStudyFile with every fault that can be seen without the site, and OSError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadStudyFile(path, [(NOWHERE, f"The file is not in UTF-8 ({error.reason}).")]) from error
    faults: Faults = []
    found = _study(path, parse(text, path), faults)
    if faults:
        raise BadStudyFile(path, faults)
    return found


def _study(path: Path, root: Node, faults: Faults) -> StudyFile:
    whole = _part(root, keys.STUDY, faults)
    children: Mapping[str, Node] = root.value if isinstance(root.value, dict) else {}
    drawn = _part(children["drawn_with"], keys.DRAWN, faults) if "drawn_with" in children else Part({})
    return StudyFile(
        path=path,
        study=_with_texts(whole, faults),
        conditions=tuple(_beside(drawn, one) for one in _parts(children, "conditions", keys.CONDITION, faults)),
        prompt_sets=tuple(_prompt_set(node, faults) for node in _items(children, "prompt_sets")),
        criteria=tuple(_parts(children, "criteria", keys.CRITERION, faults)) if "criteria" in children else _USUAL_CRITERIA,
        quiz=tuple(_parts(children, "quiz", keys.QUIZ_QUESTION, faults)),
        checks=_part(children["checks"], keys.CHECKS, faults) if "checks" in children else None,
        examples=tuple(_parts(children, "examples", keys.EXAMPLE, faults)),
    )


_USUAL_CRITERIA = tuple(Part({"name": name, "question": question}) for name, question in CRITERIA.items())
_NESTED = {"drawn_with", "conditions", "prompt_sets", "criteria", "quiz", "checks", "examples"}


def _with_texts(whole: Part, faults: Faults) -> Part:
    """The study's own keys, with the shipped instructions that it names, and the usual consent unless it has one."""
    values = {key: value for key, value in whole.values.items() if key not in _NESTED}
    if template := _template(whole, "instructions_of", faults):
        values["instructions"] = template.instructions
    values.pop("instructions_of", None)
    return Part({"consent": CONSENT, **values}, whole.place, whole.places)


def _template(part: Part, key: str, faults: Faults) -> Template | None:
    """The shipped text that a key names, if the part has the key."""
    name = part.values.get(key)
    if name is None or name in TEMPLATES:
        return TEMPLATES.get(str(name))
    faults.append((part.place_of(key), f"“{name}” is none of the instructions that come along: {', '.join(TEMPLATES)}."))
    return None


def _beside(drawn: Part, own: Part) -> Part:
    """A condition with what is said of all conditions; what it says itself goes before."""
    return Part({**drawn.values, **own.values}, own.place, {**drawn.places, **own.places})


def _prompt_set(node: Node, faults: Faults) -> PromptSetPart:
    part = _part(node, keys.PROMPT_SET, faults)
    children: Mapping[str, Node] = node.value if isinstance(node.value, dict) else {}
    prompts = tuple(_prompt(item, faults) for item in _items(children, "prompts"))
    values = {key: value for key, value in part.values.items() if key not in ("prompts", "note_of")}
    if "seeds" in values:
        values["seeds"] = str(values["seeds"])
    if template := _template(part, "note_of", faults):
        values["note"] = template.note
    _require_pairs(part, faults)
    return PromptSetPart(Part(values, part.place, part.places), prompts)


def _prompt(node: Node, faults: Faults) -> Part:
    """A prompt: a mapping, or its text alone."""
    if isinstance(node.value, str):
        return Part({"text": node.value}, node.place, {"text": node.place})
    return _part(node, keys.PROMPT, faults)


def _require_pairs(part: Part, faults: Faults) -> None:
    pairs = part.values.get("pairs", ALL)
    if isinstance(pairs, str) and pairs != ALL:
        faults.append((part.place_of("pairs"), f"“pairs” is “{ALL}”, a number to be drawn, or a list, not “{pairs}”."))
    if isinstance(pairs, list) and not all(isinstance(pair, str) for pair in pairs):
        faults.append((part.place_of("pairs"), "A pair is a text: the seed, a blank, the prompt, as “3 a cat and a dog”."))


def _items(children: Mapping[str, Node], key: str) -> Sequence[Node]:
    found = children.get(key)
    return found.value if found and isinstance(found.value, list) else []


def _parts(children: Mapping[str, Node], key: str, wanted: Keys, faults: Faults) -> list[Part]:
    return [_part(node, wanted, faults) for node in _items(children, key)]


def _part(node: Node, wanted: Keys, faults: Faults) -> Part:
    """A mapping with the keys that are wanted; every fault is added to the others."""
    if not isinstance(node.value, dict):
        faults.append((node.place, f"Here must stand a mapping with the keys {', '.join(wanted.types)}."))
        return Part({}, node.place)
    faults += [(node.keys[key], _unknown(key, wanted)) for key in node.value if key not in wanted.types]
    faults += [(node.place, f"“{key}” must be given.") for key in wanted.needed if key not in node.value]
    faults += [
        (child.place, _wrong_type(key, wanted, child.plain()))
        for key, child in node.value.items()
        if key in wanted.types and not _fits(child.plain(), wanted.types[key])
    ]
    values = {key: child.plain() for key, child in node.value.items() if key in wanted.types}
    return Part(values, node.place, {key: child.place for key, child in node.value.items()})


def _unknown(key: str, wanted: Keys) -> str:
    nearest = difflib.get_close_matches(key, wanted.types, n=1)
    meant = f"did you mean “{nearest[0]}”?" if nearest else f"there are: {', '.join(wanted.types)}."
    return f"“{key}” is no key here; {meant}"


def _fits(value: Any, types: tuple[type, ...]) -> bool:
    """Whether a value is of one of the types; true and false are no numbers."""
    return isinstance(value, types) and (not isinstance(value, bool) or bool in types)


def _wrong_type(key: str, wanted: Keys, value: Any) -> str:
    return f"“{key}” must be {' or '.join(IN_WORDS[one] for one in wanted.types[key])}, not {value!r}."
