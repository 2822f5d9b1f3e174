"""What log lines are about: ids of a request, a task, a study, a run, a batch, carried by each line until they are done with.

Here, where both apps find it; `evalsite.logs` writes the lines.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_ids: ContextVar[Mapping[str, str]] = ContextVar("log ids")


def current() -> Mapping[str, str]:
    """The ids that a line would carry now, by their names."""
    return _ids.get({})


def note(**ids: object) -> None:
    """Let lines carry these, too, until the block that `about` opened ends."""
    _ids.set({**current(), **{name: str(value) for name, value in ids.items()}})


@contextmanager
def about(**ids: object) -> Iterator[None]:
    """Let lines carry these, too, within the block; what was noted in it is forgotten with it."""
    before = _ids.set(current())
    note(**ids)
    try:
        yield
    finally:
        _ids.reset(before)
