"""Studies that check their workers, for tests."""

from typing import Any

from studies.models import Criterion, QualityPlan, Study
from studies.publishing import publish
from tests.factories_studies import NOON, ready_study


def draft_with_checks(*, conditions: int = 2, prompts: int = 6, design: str = Study.Design.TOGETHER, **fields: Any) -> Study:
    """A draft whose sessions have a fifth of gold, a fifth of repeats and a tenth of attention checks.

    Gold judges correctness alone, as the quality of an image has nothing to do with its prompt.
    """
    study = ready_study(conditions=conditions, prompts=prompts, design=design, **fields)
    Criterion.objects.filter(study=study, name="correctness").update(has_gold_answer=True)
    QualityPlan.objects.create(study=study, gold_share=20, repeat_share=20, attention_share=10)
    return study


def checked_study(**fields: Any) -> Study:
    """The same, published."""
    study = draft_with_checks(**fields)
    publish(study, NOON)
    return study
