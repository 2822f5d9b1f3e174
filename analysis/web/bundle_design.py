"""A study's design in files of a bundle: conditions, prompts, everything that its editor says, and the pairs dropped."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.forms.models import model_to_dict

from analysis.bundle.contents import DROPS
from analysis.bundle.exclusions import DROP_COLUMNS
from analysis.web.bundle_images import without_folder, without_folders
from studies.models import QualityPlan, Study, StudyCondition

FIELDS = (
    *("name", "design", "votes_wanted", "trials_per_session", "session_minutes", "seed", "language", "expected_seconds"),
    *("minimum_age", "adult_content", "withdrawal", "asks_demographics", "practice_trials", "invited_only"),
    "shows_results_while_open",
)
PROMPT_COLUMNS = ("prompt_set", "prompt", "subset", "entities")


def write_design(study: Study, made: Mapping[str, Sequence[dict[str, Any]]], folder: Path) -> None:
    """conditions.json, design.json, prompts.csv and dropped_pairs.csv.

    made: how the images of each condition were made, by its printed name.
    """
    conditions = study.conditions.select_related("condition__checkpoint")
    _write_json(folder / "conditions.json", [_condition(row, made.get(str(row), ())) for row in conditions])
    _write_json(folder / "design.json", _design(study))
    _write_csv(folder / "prompts.csv", PROMPT_COLUMNS, dict.fromkeys(_prompts(study)))
    drops = study.drops.order_by("prompt__prompt_set", "prompt", "seed", "condition__position", "condition")
    names = ("prompt__prompt_set__name", "prompt__text", "seed", "condition__printed_name")
    _write_csv(folder / DROPS, DROP_COLUMNS, drops.values_list(*names))


def _prompts(study: Study) -> Iterator[tuple[str, str, str, str]]:
    """The prompt of each comparison; entities as JSON."""
    in_order = study.comparisons.wanted().order_by("prompt__prompt_set", "prompt")
    names = ("prompt__prompt_set__name", "prompt__text", "prompt__subset", "prompt__entities")
    for prompt_set, text, subset, entities in in_order.values_list(*names):
        yield prompt_set, text, subset, json.dumps(entities, ensure_ascii=False)


def _condition(row: StudyCondition, made: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A condition under its printed name, as whoever makes its images again must set it."""
    condition, checkpoint = row.condition, row.condition.checkpoint
    return {
        "printed_name": row.printed_name,
        "is_baseline": row.is_baseline,
        "method": condition.method,
        "settings": condition.settings,
        "negative_sources": without_folders(condition.negative_sources),
        "checkpoint": {"name": without_folder(checkpoint.name), "revision": checkpoint.revision} if checkpoint else None,
        "scheduler": condition.scheduler if checkpoint else None,
        "evaluations": condition.evaluations if checkpoint else None,
        "size": condition.size if checkpoint else None,
        "fingerprint": condition.fingerprint,
        "made_with": list(made),
    }


def _design(study: Study) -> dict[str, Any]:
    published = study.published_at.isoformat(timespec="seconds") if study.published_at else None
    return {
        **{name: getattr(study, name) for name in FIELDS},
        "published_at": published,
        "prompt_sets": [
            {
                "name": str(chosen),
                "source": chosen.prompt_set.source,
                **{name: getattr(chosen, name) for name in ("seeds", "selection", "number", "pairs", "note")},
            }
            for chosen in study.prompt_sets.select_related("prompt_set")
        ],
        "criteria": [model_to_dict(each, ("name", "question", "has_gold_answer")) for each in study.criteria.all()],
        "quality": _quality(study.quality),
    }


def _quality(plan: QualityPlan) -> dict[str, Any]:
    return model_to_dict(plan, exclude=("id", "study"))


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="")


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
