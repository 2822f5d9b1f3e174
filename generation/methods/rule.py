"""What the sampler may expect of a method: the texts that its rule looks at, the rule, and what it remembers.

A rule is a pure function of predictions and of its own small state. It says nothing about batches, devices or Django, and
imports no torch when it is imported, because the admin reads the registry too.
"""

import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from generation.token_groups import PromptTokens

if TYPE_CHECKING:
    from torch import Tensor


class Prediction(Enum):
    """A noise prediction of the denoiser, named by the text that it is conditioned on."""

    EMPTY = "ε_∅"  # of the empty text, or of the negative that takes its place
    PROMPT = "ε_p"
    NEGATIVE = "ε_n"
    SAFETY = "ε_s"


EMPTY, PROMPT, NEGATIVE, SAFETY = Prediction
Predictions: TypeAlias = Mapping[Prediction, "Tensor"]
Settings: TypeAlias = Any  # the method's own frozen dataclass
State: TypeAlias = Any  # what the method's own `start` gives


@dataclass(frozen=True)
class Level:
    """A noise level: the timestep that a denoiser is told, and ᾱ_t, where x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε."""

    timestep: float
    alpha: float


@dataclass(frozen=True)
class Moment:
    """Where a row is on its way: the step, the levels of all steps, and x_t as the denoiser sees it."""

    index: int
    levels: tuple[Level, ...]
    latent: "Tensor"

    @property
    def level(self) -> Level:
        return self.levels[self.index]

    @property
    def next_alpha(self) -> float:
        """ᾱ_{t−1}; 1 after the last step."""
        return self.levels[self.index + 1].alpha if self.index + 1 < len(self.levels) else 1.0


@dataclass(frozen=True)
class Step:
    """A step that was made: the moment before it, what was predicted there, and x_{t−1}."""

    before: Moment
    eps: Predictions
    after: "Tensor"


@dataclass(frozen=True)
class Look:
    """Where predictions are asked for: at a latent that is as noisy as its level says."""

    latent: "Tensor"
    level: Level


Looks: TypeAlias = Generator[Look, Predictions, Predictions]


def look_once(eps: Predictions, _moment: Moment, _settings: Settings) -> Looks:
    """No further look: the predictions at x_t are all that the rule needs."""
    yield from ()
    return eps


def no_state(_settings: Settings) -> State:
    return None


def same_state(state: State, _step: Step, _settings: Settings) -> State:
    return state


def no_trace(_state: State, _settings: Settings) -> Mapping[str, float]:
    return {}


def stateless(guide: "Callable[[Predictions, Any], Tensor]") -> "Callable[[Predictions, State, Any], Tensor]":
    """A rule that remembers nothing, as one that is told its state."""

    def guided(eps: Predictions, _state: State, settings: Settings) -> "Tensor":
        return guide(eps, settings)

    return guided


@dataclass(frozen=True, kw_only=True)
class Update:
    """How x_t is moved down the gradient of a loss before a step.

    step_size: α. refine_to: while the loss is larger, x_t is moved in rounds first. moves: whether it is moved once after them.
    """

    step_size: float
    refine_to: float = math.inf
    moves: bool = True


@dataclass(frozen=True, kw_only=True)
class Steering:
    """How a method steers x_t by the cross-attention of the prompt, at its settings' `resolution`.

    loss(maps, tokens, settings): of maps of shape (resolution, resolution, tokens) that carry gradients; a number.
    update(index, steps, settings): the update before the step of that index; None where the method leaves x_t as it is.
    needs_modifiers: whether phrases without a modifier have no loss; a prompt that has no other is not steered.
    """

    loss: "Callable[[Tensor, PromptTokens, Settings], Tensor]"
    update: Callable[[int, int, Settings], Update | None]
    needs_modifiers: bool = False


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method as the registry knows it; what a method does not say has the default.

    settings: the frozen dataclass of its settings. paper: the docstring of its module.
    texts(prompt, settings): the text of each prediction that the rule needs at every step.
    guide(eps, state, settings): the guided noise of one row; all tensors of shape (channels, height, width).
    look_ahead(eps, moment, settings): asks for predictions elsewhere than at x_t, and returns what `guide` is given.
    start(settings): the state before the first step; None is no state yet.
    after_step(state, step, settings): the state for the next step; not asked after the last.
    trace(state, settings): numbers of this step, by name, to be kept with the image.
    steering: how x_t is moved before each step by the gradient of an attention loss; None if it is not.
    schedulers: the only ones that the rule holds for; empty for all.
    is_intermediate: whether its images are a means for other methods, never to be shown to voters.
    negative_source: the source that its negative must have, among others; empty if any will do, or none.
    """

    settings: type[Any]
    paper: str
    texts: Callable[[str, Settings], Mapping[Prediction, str]]
    guide: "Callable[[Predictions, State, Settings], Tensor]"
    look_ahead: Callable[[Predictions, Moment, Settings], Looks] = look_once
    start: Callable[[Settings], State] = no_state
    after_step: Callable[[State, Step, Settings], State] = same_state
    trace: Callable[[State, Settings], Mapping[str, float]] = no_trace
    steering: Steering | None = None
    schedulers: tuple[str, ...] = ()
    is_intermediate: bool = False
    negative_source: str = ""

    @property
    def provenance(self) -> str:
        """How sure we are of the rule, as its module says."""
        return self.paper.partition("Provenance: ")[2].split("\n\n")[0].replace("\n", " ").strip()
