"""Prompt sets as files: {"name", "source", "prompts": [{"text", "subset", "entities", "negatives"}]}, in JSON."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from generation.models import Prompt, PromptSet

FREE = ["subset", "entities", "negatives"]  # what another version of a file may change


class BadPromptFile(ValueError):
    """A file that is no prompt set; the sentence says where and why."""


@dataclass(frozen=True)
class Loaded:
    """What loading a file did."""

    prompt_set: PromptSet
    prompts: int
    added: int


def load(path: Path) -> Loaded:
    """Store the file's prompt set; loading it again changes nothing, and prompts that it no longer has stay.

    Raises BadPromptFile, with nothing stored, also where images were drawn with what the file says otherwise.
    """
    name, source, prompts = read(path)
    with transaction.atomic():
        prompt_set, _ = PromptSet.objects.update_or_create(name=name, defaults={"source": source})
        _refuse_changes(path, prompt_set, prompts)
        before = prompt_set.prompts.count()
        for prompt in prompts:
            prompt.prompt_set = prompt_set
        Prompt.objects.bulk_create(prompts, update_conflicts=True, unique_fields=["prompt_set", "text"], update_fields=FREE)
        return Loaded(prompt_set, len(prompts), prompt_set.prompts.count() - before)


def _refuse_changes(path: Path, prompt_set: PromptSet, prompts: list[Prompt]) -> None:
    """Raise BadPromptFile where a stored prompt would be changed in a way that its images do not allow."""
    stored = {prompt.text: prompt for prompt in prompt_set.prompts.all()}
    for prompt in prompts:
        old = stored.get(prompt.text)
        if old is None or (old.entities, old.negatives) == (prompt.entities, prompt.negatives):
            continue
        old.entities, old.negatives = prompt.entities, prompt.negatives
        try:
            old.clean()
        except ValidationError as error:
            raise BadPromptFile(f"{path}: “{prompt.text}”: {' '.join(error.messages)}") from error


def read(path: Path) -> tuple[str, str, list[Prompt]]:
    """The name, the source and the unsaved prompts of a file. Raises BadPromptFile."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        name, source, rows = content["name"], content.get("source", ""), content["prompts"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadPromptFile(f"{path}: not a prompt set in JSON with “name” and “prompts” ({error!r}).") from error
    if not isinstance(name, str) or not name or not isinstance(rows, list) or not rows:
        raise BadPromptFile(f"{path}: “name” must be a text, and “prompts” a list of at least one prompt.")
    prompts = [_prompt(path, number, row) for number, row in enumerate(rows, start=1)]
    if len({prompt.text for prompt in prompts}) < len(prompts):
        raise BadPromptFile(f"{path}: the same text stands there twice.")
    return name, str(source), prompts


def _prompt(path: Path, number: int, row: Any) -> Prompt:
    try:
        prompt = Prompt(
            text=row["text"], subset=row.get("subset", ""), entities=row.get("entities", []), negatives=row.get("negatives", {})
        )
        prompt.clean_fields(exclude=["prompt_set"])
        prompt.clean()
    except (KeyError, TypeError, AttributeError, ValidationError) as error:
        raise BadPromptFile(f"{path}: prompt {number} is not {{“text”, “subset”, “entities”}} ({error}).") from error
    return prompt
