"""What a worker keeps in memory between batches. Models of different kinds never lie there side by side."""

import gc
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=tuple[Hashable, ...])
Model = TypeVar("Model")
_SHELVES: "list[Shelf[Any, Any]]" = []


class Shelf(Generic[Key, Model]):
    """Models of one kind that stay loaded, at most so many; before another is loaded, those of other kinds are let go.

    A run makes its images and its captions in phases, so that a checkpoint and a captioner are seldom wanted in turn; together
    they might not fit into the memory of a GPU.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: dict[Key, Model] = {}  # the one used least lately first
        _SHELVES.append(self)

    def take(self, key: Key, load: Callable[[], Model]) -> Model:
        """The model of that key, loaded if it is not here. Raises what load raises."""
        model = self._kept.pop(key, None)
        if model is None:
            self._make_room()
            model = load()
        self._kept[key] = model
        return model

    def _make_room(self) -> None:
        """Let go before loading, not after: memory may not hold one more than is kept."""
        for shelf in _SHELVES:
            if shelf is not self:
                shelf._kept.clear()
        while len(self._kept) >= self.most:
            del self._kept[next(iter(self._kept))]
        gc.collect()  # a compiled UNet refers to itself


def named(name: str, revision: str) -> str:
    """What a checkpoint or a captioner is called where it is told whether it lies in memory."""
    return f"{name}@{revision}"


def kept() -> set[str]:
    """What this process has in memory; keys of shelves begin with a name and a revision."""
    return {named(str(key[0]), str(key[1])) for shelf in _SHELVES for key in shelf._kept}
