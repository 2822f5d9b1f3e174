"""The keys of a study file: which fields of the models they are, and of which type their values must be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, CharField, Field, JSONField, Model, TextField

from generation.models import Checkpoint, Condition, Prompt, PromptSet
from studies.models import Criterion, Example, QualityPlan, QuizQuestion, Study, StudyCondition, StudyPromptSet

Types = tuple[type, ...]
TEXT, WHOLE, YES_OR_NO, LIST, MAPPING = (str,), (int,), (bool,), (list,), (dict,)
IN_WORDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a mapping",
    type(None): "nothing",
}


@dataclass(frozen=True)
class Keys:
    """What a mapping of the file may hold.

    fields: the key for each field of the models that it fills. types: of each key's value. needed: keys that must be there.
    """

    fields: Mapping[type[Model], Mapping[str, str]]
    types: Mapping[str, Types]
    needed: tuple[str, ...] = ()


def _keys(needed: tuple[str, ...], own: dict[str, Types], **by_model: "tuple[type[Model], dict[str, str]]") -> Keys:
    """Keys of fields, typed as the fields are, and those of the file's own."""
    types: dict[str, Types] = {}
    for model, names in by_model.values():
        types |= {key: _types(model._meta.get_field(name)) for key, name in names.items()}
    fields = {model: {name: key for key, name in names.items()} for model, names in by_model.values()}
    return Keys(fields, types | own, needed)


def _types(found: Any) -> Types:
    if isinstance(found, BooleanField):
        return YES_OR_NO
    if isinstance(found, JSONField):
        return (type(found.get_default()),)
    if isinstance(found, (CharField, TextField)):
        return TEXT
    return WHOLE if not (isinstance(found, Field) and found.null) else (int, type(None))


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


OF_STUDY = (
    "name",
    "language",
    "design",
    "votes_wanted",
    "trials_per_session",
    "session_minutes",
    "seed",
    "expected_seconds",
    "minimum_age",
    "adult_content",
    "withdrawal",
    "asks_demographics",
    "practice_trials",
    "invited_only",
    "shows_results_while_open",
    "instructions",
    "consent",
    "excluded_ids",
)
OF_QUALITY = tuple(
    found.name for found in QualityPlan._meta.get_fields() if isinstance(found, Field) and found.name not in ("id", "study")
)
DRAWN_WITH = {"checkpoint": "name", "screened_by": "safety_checker", **_same("revision", "unscreened_because")}
HOW = _same("scheduler", "evaluations", "size")

STUDY = _keys(
    ("name", "conditions", "prompt_sets"),
    {
        "instructions_of": TEXT,
        "earlier_studies": LIST,
        "drawn_with": MAPPING,
        "conditions": LIST,
        "prompt_sets": LIST,
        "criteria": LIST,
        "quiz": LIST,
        "checks": MAPPING,
        "examples": LIST,
    },
    study=(Study, _same(*OF_STUDY)),
)
DRAWN = _keys((), {}, checkpoint=(Checkpoint, DRAWN_WITH), condition=(Condition, HOW))
CONDITION = _keys(
    ("name", "method"),
    {},
    checkpoint=(Checkpoint, DRAWN_WITH),
    condition=(Condition, {**HOW, "method": "method", "settings": "settings", "negatives": "negative_sources"}),
    row=(StudyCondition, {"name": "printed_name", "baseline": "is_baseline"}),
)
PROMPT_SET = _keys(
    ("name",),
    {"name": TEXT, "seeds": (str, int), "prompts": LIST, "pairs": (str, int, list), "note_of": TEXT},
    prompt_set=(PromptSet, _same("source")),
    chosen=(StudyPromptSet, _same("note")),
)
PROMPT = _keys(("text",), {}, prompt=(Prompt, _same("text", "subset", "entities", "negatives")))
CRITERION = _keys(
    ("name", "question"),
    {},
    criterion=(Criterion, {"name": "name", "question": "question", "judged_by_gold": "has_gold_answer"}),
)
QUIZ_QUESTION = _keys(
    ("question", "choices", "answer"),
    {"choices": LIST},
    question=(QuizQuestion, _same("question", "choices", "answer", "explanation")),
)
CHECKS = _keys((), {}, plan=(QualityPlan, _same(*OF_QUALITY)))
EXAMPLE = _keys(("file", "caption"), {"file": TEXT}, example=(Example, _same("caption")))
