"""From a study to its file: everything that its design holds; what is usual is left out."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from django.db.models import Field, Model

from studies.instructions import TEMPLATES
from studies.models import QualityPlan, Study, StudyCondition, StudyPromptSet
from studies.study_files import keys
from studies.study_files.examples import name_of
from studies.study_files.keys import Keys
from studies.study_files.prompt_sets import contents, is_shipped
from studies.study_files.reading import ALL

WIDTH = 110
HEAD = "# A study of evalsite; docs/study_files.md has the keys.\n"
ALIKE = tuple(key for fields in keys.DRAWN.fields.values() for key in fields.values())


class CannotDump(ValueError):
    """A study that does not fit into one file."""


def dump(study: Study) -> str:
    """The study file. Raises CannotDump for a study with example pictures, which lie in files of their own."""
    if study.examples.exists():
        raise CannotDump(f"“{study}” has example pictures, which are written beside its file: use dump_study --out FILE.")
    return dump_beside_examples(study)


def dump_beside_examples(study: Study) -> str:
    """The study file; the pictures that it names are the caller's to write."""
    return HEAD + yaml.dump(
        content(study), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=False
    )


def content(study: Study) -> dict[str, Any]:
    """What the file holds, as plain data."""
    held = _values(study, keys.STUDY, Study)
    held |= _instructions(held)
    held["earlier_studies"] = list(study.earlier_studies.order_by("name").values_list("name", flat=True))
    conditions = [_condition(row) for row in study.conditions.select_related("condition__checkpoint")]
    drawn_with = _common(conditions)
    held["drawn_with"] = drawn_with
    held["conditions"] = [{key: value for key, value in one.items() if key not in drawn_with} for one in conditions]
    held["prompt_sets"] = [_prompt_set(chosen) for chosen in study.prompt_sets.select_related("prompt_set")]
    held["criteria"] = [_values(row, keys.CRITERION, type(row)) for row in study.criteria.all()]
    held["quiz"] = [
        _values(row, keys.QUIZ_QUESTION, type(row)) | {"choices": row.options, "answer": row.answer}
        for row in study.quiz_questions.all()
    ]
    held["checks"] = _values(study.quality, keys.CHECKS, QualityPlan)
    held["examples"] = [{"file": name_of(row), "caption": row.caption} for row in study.examples.all()]
    return {key: value for key, value in held.items() if value not in ({}, []) or key == "criteria"}


def _instructions(held: dict[str, Any]) -> dict[str, Any]:
    """The name of the instructions in place of their text, where they are those that come along."""
    shipped = next((t.key for t in TEMPLATES.values() if t.instructions == held.get("instructions")), None)
    if shipped is None:
        return {}
    del held["instructions"]
    return {"instructions_of": shipped}


def _condition(row: StudyCondition) -> dict[str, Any]:
    condition, checkpoint = row.condition, row.condition.checkpoint
    held = _values(row, keys.CONDITION, StudyCondition)
    held |= _values(condition, keys.CONDITION, type(condition))
    if checkpoint is None:  # imported images have sizes of their own
        held.pop("size", None)
        return held
    always = {"scheduler": condition.scheduler, "evaluations": condition.evaluations}
    return held | always | _values(checkpoint, keys.CONDITION, type(checkpoint))


def _common(conditions: list[dict[str, Any]]) -> dict[str, Any]:
    """What all conditions have alike of checkpoint, scheduler, evaluations and size."""
    first = conditions[0] if conditions else {}
    return {
        key: first[key] for key in ALIKE if key in first and all(key in one and one[key] == first[key] for one in conditions)
    }


def _prompt_set(chosen: StudyPromptSet) -> dict[str, Any]:
    held: dict[str, Any] = {"name": chosen.prompt_set.name, "seeds": chosen.seeds, "pairs": _pairs(chosen)}
    held |= _note(chosen)
    if not is_shipped(chosen.prompt_set):
        held |= _values(chosen.prompt_set, keys.PROMPT_SET, type(chosen.prompt_set))
        held["prompts"] = [_prompt(prompt) for prompt in contents(chosen.prompt_set)]
    return held


def _pairs(chosen: StudyPromptSet) -> Any:
    if chosen.selection == StudyPromptSet.Selection.LISTED:
        return [line.strip() for line in chosen.pairs.splitlines() if line.strip()]
    return chosen.number if chosen.selection == StudyPromptSet.Selection.DRAWN else ALL


def _note(chosen: StudyPromptSet) -> dict[str, str]:
    shipped = next((t.key for t in TEMPLATES.values() if t.note == chosen.note), None)
    if shipped:
        return {"note_of": shipped}
    return {"note": chosen.note} if chosen.note else {}


def _prompt(prompt: Mapping[str, Any]) -> Any:
    """A prompt that is nothing but its text is written as that."""
    held = {key: value for key, value in prompt.items() if value not in ("", [], {})}
    return held if len(held) > 1 else held["text"]


def _values(row: Model, wanted: Keys, model: type[Model]) -> dict[str, Any]:
    """The fields that are keys of the file, but for those that have their usual value."""
    fields: Iterable[tuple[str, str]] = wanted.fields[model].items()
    return {key: getattr(row, name) for name, key in fields if getattr(row, name) != _usual(row, name)}


def _usual(row: Model, name: str) -> Any:
    field = row._meta.get_field(name)
    return field.get_default() if isinstance(field, Field) else None


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stand as they are."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_multi_representer(str, _text)  # choices are texts of a kind of their own
