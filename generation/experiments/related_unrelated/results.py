"""The study's numbers from its kept images: strengths, CLIP scores and Q of every prompt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from generation.experiments.related_unrelated.conditions import (
    DNG,
    METHODS,
    NEGATIVES,
    NP,
    RELATED,
    SCHEDULER,
    UNGUIDED,
    UNRELATED,
    Condition,
    conditions_of,
)
from generation.experiments.related_unrelated.drawing import Kept, Shelf
from generation.experiments.related_unrelated.reading import Shown
from generation.experiments.related_unrelated.scores import Difference, Floats, Line, clip_scores, difference, line
from generation.experiments.related_unrelated.strengths import Strengths, strengths
from generation.experiments.related_unrelated.study import Prompt, Study
from generation.schedulers import levels, start

Embed = Callable[[Sequence[PIL.Image.Image]], Floats]  # images to embeddings of length 1, shape (images, dimensions)
Look = Callable[[Prompt, Sequence[NDArray[np.uint8]]], Shown]


@dataclass(frozen=True)
class Seen:
    """What is shown under a condition. negative: "" and factor: 0 for images without a negative."""

    method: str
    negative: str
    factor: float
    shown: Shown


@dataclass(frozen=True)
class OfPrompt:
    """All that was found out about a prompt. seen: only where something can tell what images show."""

    name: str
    prompt: str
    related: str
    unrelated: str
    strengths: Strengths
    np: Line
    dng: Line
    difference: Difference
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class Results:
    """All that was found out; checkpoint and clip are names with their revisions."""

    checkpoint: str
    clip: str
    seeds: tuple[int, ...]
    evaluations: int
    base_scale: float
    factors: tuple[float, ...]
    prompts: tuple[OfPrompt, ...]


@dataclass(frozen=True)
class Measuring:
    """The study with its kept images, and what looks at them."""

    study: Study
    shelf: Shelf
    embed: Embed
    look: Look | None

    def results(self, clip: str) -> Results:
        """The numbers of all prompts. Raises OSError where an image is not there."""
        loaded, study = self.shelf.checkpoint, self.study
        checkpoint = f"{loaded.name} {loaded.revision}"
        prompts = tuple(self._of_prompt(prompt) for prompt in study.prompts)
        return Results(checkpoint, clip, study.seeds, study.evaluations, study.base_scale, study.factors, prompts)

    def kept(self, condition: Condition) -> list[Kept]:
        """The images of a condition, one for each seed."""
        return self.shelf.take(condition.rows(self.study, self.shelf.checkpoint.denoiser.native_size))

    def _of_prompt(self, prompt: Prompt) -> OfPrompt:
        scores = {method: self._scores(prompt, method) for method in METHODS}
        scales = {NP: prompt.np_scale, DNG: prompt.dng["scale"]}
        lines = {
            method: line(method, [scales[method] * factor for factor in self.study.factors], *scores[method])
            for method in METHODS
        }
        np_gaps, dng_gaps = (unrelated - related for related, unrelated in (scores[NP], scores[DNG]))
        return OfPrompt(
            prompt.name,
            prompt.text,
            prompt.related,
            prompt.unrelated,
            self._strengths(prompt),
            lines[NP],
            lines[DNG],
            difference(lines[NP], lines[DNG], np_gaps, dng_gaps),
            self._seen(prompt),
        )

    def _scores(self, prompt: Prompt, method: str) -> tuple[Floats, Floats]:
        """CLIP scores with the related and the unrelated negative, each of shape (factors, seeds)."""
        unguided = self._embedded(Condition(prompt, UNGUIDED))
        related, unrelated = (
            np.stack(
                [
                    clip_scores(self._embedded(Condition(prompt, method, negative, factor)), unguided)
                    for factor in self.study.factors
                ]
            )
            for negative in NEGATIVES
        )
        return related, unrelated

    def _embedded(self, condition: Condition) -> Floats:
        return self.embed([kept.image for kept in self.kept(condition)])

    def _strengths(self, prompt: Prompt) -> Strengths:
        """At factor 1, the scale that the prompt names."""
        related, unrelated = (
            np.array([kept.traces["lambda"] for kept in self.kept(Condition(prompt, DNG, negative, 1.0))])
            for negative in (RELATED, UNRELATED)
        )
        config = self.shelf.checkpoint.denoiser.scheduler_config
        steps = levels(start(SCHEDULER, config, self.study.evaluations))
        return strengths(tuple(level.timestep for level in steps), prompt.np_scale, related, unrelated)

    def _seen(self, prompt: Prompt) -> tuple[Seen, ...]:
        if self.look is None:
            return ()
        conditions = [condition for condition in conditions_of(self.study) if condition.prompt == prompt]
        return tuple(
            Seen(each.method, each.negative, each.factor, self.look(prompt, [kept.pixels for kept in self.kept(each)]))
            for each in conditions
        )
