"""How well a worker votes, and which rules of a study's quality plan that breaks.

Shares are in per cent, and None where there is nothing to take them of. Practice counts nowhere: it is there to learn.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studies.models import QualityPlan, Trial

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NOT_JUDGED = -1  # the expected position where any answer is as good
TIE = 0  # the position, and the condition, of no clear winner


@dataclass(frozen=True)
class Answers:
    """One worker's answers, each to one criterion of one trial; every array has the shape (answers,).

    chosen: the condition, position: where it was shown, from 1; both 0 for no clear winner. expected: the right position, or
    NOT_JUDGED. repeats: the trial that an answer's trial shows again, or 0. seconds: of the whole trial.
    """

    trial: IntArray
    kind: npt.NDArray[np.str_]
    criterion: IntArray
    chosen: IntArray
    position: IntArray
    expected: IntArray
    repeats: IntArray
    seconds: npt.NDArray[np.float64]


@dataclass(frozen=True)
class WorkerQuality:
    """What a worker's answers say of the worker.

    trials: real trials that are answered. The times, positions and ties are those of real trials.
    """

    gold_accuracy: float | None
    repeat_consistency: float | None
    attention_accuracy: float | None
    median_seconds: float | None
    most_common_position_share: float | None
    tie_share: float | None
    trials: int


@dataclass(frozen=True)
class Breach:
    """A rule that a worker broke: what was measured, and the threshold."""

    rule: str
    value: float
    threshold: float


@dataclass(frozen=True)
class Rule:
    """A measure of workers, its threshold in a quality plan, and on which side of it a worker breaks the rule."""

    name: str
    measure: Callable[[WorkerQuality], float | None]
    threshold: Callable[[QualityPlan], int | None]
    breaks: Callable[[float, float], bool]

    def breach(self, quality: WorkerQuality, plan: QualityPlan) -> Breach | None:
        """How a worker breaks this rule; None if not, if there is nothing to measure, or if the plan has no such rule."""
        value, threshold = self.measure(quality), self.threshold(plan)
        if value is None or threshold is None or not self.breaks(value, threshold):
            return None
        return Breach(self.name, value, threshold)


RULES = (
    Rule("gold accuracy", lambda quality: quality.gold_accuracy, lambda plan: plan.gold_accuracy, operator.lt),
    Rule("attention checks", lambda quality: quality.attention_accuracy, lambda plan: plan.attention_accuracy, operator.lt),
    Rule("repeat consistency", lambda quality: quality.repeat_consistency, lambda plan: plan.repeat_consistency, operator.lt),
    Rule("median seconds", lambda quality: quality.median_seconds, lambda plan: plan.fastest_seconds, operator.lt),
    Rule("same position", lambda quality: quality.most_common_position_share, lambda plan: plan.same_position, operator.gt),
    Rule("no clear winner", lambda quality: quality.tie_share, lambda plan: plan.ties, operator.gt),
)


def breaches(quality: WorkerQuality, plan: QualityPlan) -> list[Breach]:
    """The rules that a worker breaks; none before the worker has answered as many trials as the plan wants to judge on."""
    if quality.trials < plan.fewest_trials:
        return []
    return [breach for rule in RULES if (breach := rule.breach(quality, plan))]


def quality_of(answers: Answers) -> WorkerQuality:
    """The quality of one worker's answers.

    Gold is judged answer by answer, on the criteria that it judges; an attention check is passed if all its answers are as
    asked. A repeat is consistent with an answer if the same condition was chosen, wherever it stood.
    """
    real = answers.kind == Trial.Kind.VOTE
    gold = (answers.kind == Trial.Kind.GOLD) & (answers.expected != NOT_JUDGED)
    trials, first = np.unique(answers.trial[real], return_index=True)
    return WorkerQuality(
        gold_accuracy=_per_cent(answers.position[gold] == answers.expected[gold]),
        repeat_consistency=_per_cent(_consistent(answers)),
        attention_accuracy=_per_cent(_passed(answers)),
        median_seconds=float(np.median(answers.seconds[real][first])) if len(trials) else None,
        most_common_position_share=_most_common(answers.position[real]),
        tie_share=_per_cent(answers.position[real] == TIE),
        trials=len(trials),
    )


def _per_cent(right: BoolArray) -> float | None:
    return 100 * float(right.mean()) if len(right) else None


def _most_common(position: IntArray) -> float | None:
    """The share of the position that was chosen most, of all answers."""
    if not len(position):
        return None
    chosen = np.bincount(position, minlength=TIE + 2)
    return 100 * float(chosen[TIE + 1 :].max()) / len(position)


def _consistent(answers: Answers) -> BoolArray:
    """Whether each answer to a repeat is the one that was given before; only where there is one."""
    again = np.flatnonzero(answers.kind == Trial.Kind.REPEAT)
    same_trial = answers.repeats[again, None] == answers.trial
    repeat, original = np.nonzero(same_trial & (answers.criterion[again, None] == answers.criterion))
    consistent: BoolArray = answers.chosen[again[repeat]] == answers.chosen[original]
    return consistent


def _passed(answers: Answers) -> BoolArray:
    """Whether each attention check was answered as asked throughout."""
    checks = answers.kind == Trial.Kind.ATTENTION
    trials, index = np.unique(answers.trial[checks], return_inverse=True)
    wrong = answers.position[checks] != answers.expected[checks]
    passed: BoolArray = np.bincount(index, weights=wrong, minlength=len(trials)) == 0
    return passed
