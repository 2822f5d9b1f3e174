"""What every trial of a published study has in common, read once and kept: its design is frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.safestring import SafeString

from studies import markdown
from studies.models import Criterion, Example, Study, StudyCondition
from studies.models.design import criteria_asked

STUDIES_KEPT = 64


@dataclass(frozen=True)
class Design:
    """The parts of a study that its trials show or need.

    `conditions` by their keys; `notes` by the keys of their prompt sets.
    """

    criteria: tuple[Criterion, ...]
    conditions: Mapping[int, StudyCondition]
    notes: Mapping[int, SafeString]
    instructions: SafeString
    examples: tuple[Example, ...]
    has_quiz: bool


def design_of(study: Study) -> Design:
    """The design of a study; of a published one from memory where it was read before."""
    return _read(study.pk) if study.is_draft else _kept(study.pk, study.token, study.published_at)


@lru_cache(maxsize=STUDIES_KEPT)
def _kept(pk: int, _token: str, _published_at: datetime | None) -> Design:
    """By key, token and time: another database may have another study under the same key."""
    return _read(pk)


def _read(pk: int) -> Design:
    study = Study.objects.get(pk=pk)
    return Design(
        criteria=criteria_asked(study),
        conditions=study.conditions.in_bulk(),
        notes={chosen.prompt_set_id: markdown.render(chosen.note, highest=2) for chosen in study.prompt_sets.all()},
        instructions=markdown.render(study.instructions),
        examples=tuple(study.examples.all()),
        has_quiz=study.quiz_questions.exists(),
    )
