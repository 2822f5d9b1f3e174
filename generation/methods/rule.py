"""What the sampler may expect of a method: the predictions that its rule needs, and the rule.

A method is a module. It says nothing about batches, devices or Django, and imports no torch when it is imported, because
the admin reads the registry too.
"""

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from torch import Tensor


class Prediction(Enum):
    """A noise prediction of the UNet, named by the text that it is conditioned on."""

    EMPTY = "ε_∅"
    PROMPT = "ε_p"
    NEGATIVE = "ε_n"


EMPTY, PROMPT, NEGATIVE = Prediction
Predictions = Mapping[Prediction, "Tensor"]


class Method(Protocol):
    """A module under generation/methods."""

    @property
    def NEEDS(self) -> tuple[Prediction, ...]:  # noqa: N802
        """The predictions that the sampler must supply at every step."""

    @property
    def Settings(self) -> type[Any]:  # noqa: N802
        """The frozen dataclass of the method's settings."""

    def guide(self, eps: Predictions, settings: Any) -> "Tensor":
        """The guided noise of one row; all tensors of shape (channels, height, width)."""
