"""The prompt sets of a study file: those of the site, those that come along, or the file's own."""

from typing import Any

from django.core.exceptions import ValidationError

from generation import prompts
from generation.models import Prompt, PromptSet
from generation.packaged import PROMPT_SETS
from studies.models import StudyPromptSet
from studies.study_files.reading import ALL, Part, PromptSetPart

Selection = StudyPromptSet.Selection


class PromptSetDiffers(ValueError):
    """A prompt set that is not there, or that the site has with other prompts; at a key of a part of the file."""

    def __init__(self, sentence: str, part: Part, key: str) -> None:
        super().__init__(sentence)
        self.part, self.key = part, key


def ensure(one: PromptSetPart) -> PromptSet:
    """The prompt set, made of the file's prompts or loaded from those that come along if it is not there.

    Raises PromptSetDiffers.
    """
    name = one.part.values.get("name", "")
    existing = PromptSet.objects.filter(name=name).first() or _shipped(name)
    if existing is None and not one.prompts:
        there = ", ".join(f"“{other}”" for other in PromptSet.objects.order_by("name").values_list("name", flat=True))
        raise PromptSetDiffers(
            f"There is no prompt set “{name}”; list its “prompts” here. There are: {there}.", one.part, "name"
        )
    if existing is None:
        return _make(name, one)
    if one.prompts and contents(existing) != [_stored(part) for part in one.prompts]:
        raise PromptSetDiffers(
            f"The prompt set “{name}” is there with other prompts. Give this one a name of its own.", one.part, "prompts"
        )
    return existing


def contents(prompt_set: PromptSet) -> list[dict[str, Any]]:
    """The prompts of a set in their order, as a file has them with all keys."""
    return [dict(row) for row in prompt_set.prompts.order_by("pk").values("text", "subset", "entities", "negatives")]


def is_shipped(prompt_set: PromptSet) -> bool:
    """Whether a set is one of those that come along, unchanged."""
    path = _file_of(prompt_set.name)
    if path is None:
        return False
    _, _, read = prompts.read(path)
    return contents(prompt_set) == [
        {"text": p.text, "subset": p.subset, "entities": p.entities, "negatives": p.negatives} for p in read
    ]


def chosen_pairs(part: Part) -> dict[str, Any]:
    """What a study takes of a prompt set, as fields of StudyPromptSet."""
    pairs = part.values.get("pairs", ALL)
    seeds = {"seeds": part.values["seeds"]} if "seeds" in part.values else {}
    if isinstance(pairs, list):
        return {**seeds, "selection": Selection.LISTED, "pairs": "\n".join(pairs)}
    if pairs == ALL:
        return {**seeds, "selection": Selection.ALL}
    return {**seeds, "selection": Selection.DRAWN, "number": pairs}


def strangers(part: Part, prompt_set: PromptSet) -> list[str]:
    """The listed pairs whose prompt is none of the set's; pairs that cannot be read are for the model to refuse."""
    pairs = part.values.get("pairs", ALL)
    if not isinstance(pairs, list):
        return []
    known = set(prompt_set.prompts.values_list("text", flat=True))
    return [pair for pair in pairs if (text := pair.strip().partition(" ")[2].strip()) and text not in known]


def _shipped(name: str) -> PromptSet | None:
    path = _file_of(name)
    return prompts.load(path).prompt_set if path else None


def _file_of(name: str) -> Any:
    """The file of a prompt set that comes along, by the name of the set."""
    return next((path for path in sorted(PROMPT_SETS.glob("*.json")) if prompts.read(path)[0] == name), None)


def _make(name: str, one: PromptSetPart) -> PromptSet:
    prompt_set = PromptSet(name=name, source=one.part.values.get("source", ""))
    try:
        prompt_set.full_clean()
    except ValidationError as error:
        raise PromptSetDiffers(" ".join(error.messages), one.part, "name") from error
    prompt_set.save()
    for part in one.prompts:
        _add(prompt_set, part)
    return prompt_set


def _add(prompt_set: PromptSet, part: Part) -> None:
    prompt = Prompt(prompt_set=prompt_set, **part.values)
    try:
        prompt.full_clean()
    except ValidationError as error:
        raise PromptSetDiffers(" ".join(error.messages), part, "text") from error
    prompt.save()


def _stored(part: Part) -> dict[str, Any]:
    return {"text": "", "subset": "", "entities": [], "negatives": {}, **part.values}
