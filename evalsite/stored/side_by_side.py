"""The same thing done to many items, several at a time, since storages and disks answer slowly and in parallel."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

AT_A_TIME = 8
IN_MEMORY = 256

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(do: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """The results in the order of the items, of which no more than IN_MEMORY are taken at once."""
    waiting = iter(items)
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        while some := list(islice(waiting, IN_MEMORY)):
            yield from threads.map(do, some)
