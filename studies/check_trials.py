"""The checks among a session's trials: practice, gold trials, repeats, attention checks.

Practice comes first. The others are hidden among the real trials at the rates that the study's quality plan asks for. A
repeat shows a trial again, mirrored, and an attention check the images of a trial that was judged before, so that no check
shows a worker early what a real trial will ask about.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from studies.models import Comparison, Report, Session, Trial

DISTANCE = 3  # trials from one showing of a comparison to the next, at least

Kind = Trial.Kind


@dataclass(frozen=True)
class Asked:
    """How many checks of each kind a session is to have."""

    practice: int = 0
    gold: int = 0
    repeats: int = 0
    attention: int = 0


@dataclass(frozen=True)
class Step:
    """One trial of a session to be.

    of: for practice and gold, which of the worker's gold comparisons; else which of the real trials, from 0.
    """

    kind: Kind
    of: int


def steps(trials: int, asked: Asked, draw: random.Random) -> list[Step]:
    """The order of a session: every real trial once, in its order, with the checks that are asked for.

    A session of one or two trials may be too short for all repeats and attention checks; it has fewer then.
    """
    body = [Step(Kind.VOTE, number) for number in range(trials)]
    for number in range(asked.gold):
        body.insert(draw.randint(0, len(body)), Step(Kind.GOLD, asked.practice + number))
    again = [Kind.REPEAT] * asked.repeats + [Kind.ATTENTION] * asked.attention
    for kind in draw.sample(again, len(again)):
        _show_again(body, kind, draw)
    return [Step(Kind.PRACTICE, number) for number in range(asked.practice)] + body


def _show_again(body: list[Step], kind: Kind, draw: random.Random) -> None:
    """Insert a check on a real trial that has none yet, far enough behind it; later insertions only add to the distance."""
    checked = {step.of for step in body if step.kind in (Kind.REPEAT, Kind.ATTENTION)}
    early = enumerate(body[: len(body) - DISTANCE + 1])
    places = [place for place, step in early if step.kind == Kind.VOTE and step.of not in checked]
    if places:
        place = draw.choice(places)
        body.insert(draw.randint(place + DISTANCE, len(body)), Step(kind, body[place].of))


def with_checks(session: Session, trials: Sequence[Trial], draw: random.Random) -> list[Trial]:
    """Save a session's trials, numbered from 1, with the study's checks among them."""
    asked, golds = _asked(session, trials, draw)
    making = _Making(session, trials, golds, draw)
    made = [making.trial(step) for step in steps(len(trials), asked, draw)]
    for number, trial in enumerate(made, start=1):
        trial.number = number
    # A repeat points to its trial, which must be saved before it.
    Trial.objects.bulk_create(trial for trial in made if trial.kind != Kind.REPEAT)
    Trial.objects.bulk_create(trial for trial in made if trial.kind == Kind.REPEAT)
    return made


def _asked(session: Session, trials: Sequence[Trial], draw: random.Random) -> tuple[Asked, list[Comparison]]:
    """What the study's plan asks for, as far as there is gold that is new to the worker; and that gold."""
    plan, number = session.study.quality, len(trials)
    practice, gold = session.study.practice_trials, plan.gold_trials(number)
    golds = _golds(session, trials, draw) if practice or gold else []
    practice = min(_practice_left(session), len(golds))
    asked = Asked(practice, min(gold, len(golds) - practice), plan.repeats(number), plan.attention_checks(number))
    return asked, golds


def _golds(session: Session, trials: Sequence[Trial], draw: random.Random) -> list[Comparison]:
    """The gold comparisons that are new to the worker, in drawn order; last those of prompts that the session asks about."""
    had = session.worker.trials.taken().values("comparison")
    reported = Report.objects.filter(trial__worker=session.worker).values("trial__comparison")
    golds = session.study.comparisons.filter(kind=Comparison.Kind.GOLD).exclude(pk__in=had).exclude(pk__in=reported)
    asked_about = Comparison.objects.filter(pk__in=[trial.comparison_id for trial in trials])
    prompts = set(asked_about.values_list("prompt", flat=True))
    found = list(golds.order_by("pk").prefetch_related("images"))
    return sorted(draw.sample(found, len(found)), key=lambda gold: gold.prompt_id in prompts)


def _practice_left(session: Session) -> int:
    """How many practice trials the worker has still to do in this study."""
    wanted = session.study.practice_trials
    practised = Trial.objects.of(session.study, rehearsal=session.rehearsal).filter(worker=session.worker, kind=Kind.PRACTICE)
    return max(0, wanted - practised.taken().count()) if wanted else 0


@dataclass(frozen=True)
class _Making:
    """What a session's trials are made of; they are saved later."""

    session: Session
    trials: Sequence[Trial]
    golds: Sequence[Comparison]
    draw: random.Random

    def trial(self, step: Step) -> Trial:
        if step.kind == Kind.VOTE:
            return self.trials[step.of]
        if step.kind == Kind.REPEAT:
            return self._repeat(self.trials[step.of])
        if step.kind == Kind.ATTENTION:
            return self._attention(self.trials[step.of])
        return self._gold(self.golds[step.of], step.kind)

    def _repeat(self, original: Trial) -> Trial:
        return self._check(Kind.REPEAT, original.comparison_id, shown=original.shown[::-1], repeats=original)

    def _attention(self, original: Trial) -> Trial:
        expected = self.draw.randint(1, len(original.shown))
        return self._check(Kind.ATTENTION, original.comparison_id, shown=self._shuffled(original.shown), expected=expected)

    def _gold(self, gold: Comparison, kind: Kind) -> Trial:
        shown = self._shuffled(sorted(image.condition_id for image in gold.images.all()))
        expected = next(position for position, key in enumerate(shown, start=1) if key == gold.gold_answer_id)
        return self._check(kind, gold.pk, shown=shown, expected=expected)

    def _check(self, kind: Kind, comparison: int, **fields: Any) -> Trial:
        return Trial(session=self.session, worker=self.session.worker, kind=kind, comparison_id=comparison, **fields)

    def _shuffled(self, conditions: Sequence[int]) -> list[int]:
        return self.draw.sample(conditions, len(conditions))
