"""What is drawn of each prompt: images without a negative, and by NP and DNG with either negative at every scale.

All are drawn with the same scheduler, the stochastic step that DNG needs, and the same noise, so that only the rule differs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generation.experiments.related_unrelated.study import Prompt, Study
from generation.sampler import Row

SCHEDULER = "ddpm_large"
UNGUIDED, NP, DNG = "unguided", "NP", "DNG"
METHODS = (NP, DNG)
RELATED, UNRELATED = "related", "unrelated"
NEGATIVES = (RELATED, UNRELATED)
RAW = 1.0  # the base_scale of the prompt's prediction as it is
CONSTANT = {"prior": 0.5, "temperature": 0.0, "offset": 0.0}  # DNG whose posterior stays ½, so that λ_t = λ₀


@dataclass(frozen=True)
class Condition:
    """How images of a prompt are drawn. negative: RELATED or UNRELATED, and factor: of the scale; none if unguided."""

    prompt: Prompt
    method: str
    negative: str = ""
    factor: float = 0.0

    def rows(self, study: Study, size: int) -> list[Row]:
        """A row for each seed."""
        method, settings = self._rule(study.base_scale)
        return [Row(self.prompt.text, seed, method, settings, SCHEDULER, study.evaluations, size) for seed in study.seeds]

    def _rule(self, base_scale: float) -> tuple[str, dict[str, Any]]:
        """The method of the registry, and its settings."""
        if self.method == UNGUIDED:
            return "cfg", {"scale": base_scale}
        negative = self.prompt.related if self.negative == RELATED else self.prompt.unrelated
        if self.method == NP:
            return negative_prompting(negative, self.prompt.np_scale * self.factor, base_scale)
        scale = self.prompt.dng["scale"] * self.factor
        return "dng", {**self.prompt.dng, "scale": scale, "negative": negative, **_base(base_scale)}


def conditions_of(study: Study) -> Iterator[Condition]:
    """Every condition of every prompt, the unguided one first."""
    for prompt in study.prompts:
        yield Condition(prompt, UNGUIDED)
        for method in METHODS:
            for negative in NEGATIVES:
                yield from (Condition(prompt, method, negative, factor) for factor in study.factors)


def negative_prompting(negative: str, scale: float, base_scale: float) -> tuple[str, dict[str, Any]]:
    """NP (eq. 6) of the raw prediction; of a guided one the same rule, as DNG with a posterior that does not move.

    Eq. 10 with λ_t = λ is eq. 6, and a posterior of ½ makes λ_t = λ₀.
    """
    if base_scale == RAW:
        return "np_uncond", {"scale": scale, "negative": negative}
    return "dng", {**CONSTANT, "scale": scale, "negative": negative, **_base(base_scale)}


def _base(base_scale: float) -> dict[str, Any]:
    return {"base": "raw"} if base_scale == RAW else {"base": "guided", "base_scale": base_scale}
