"""Out of memory: rows that do not fit into one call of a network go through it in halves.

What did not fit once is not tried again: later calls of a network on latents of that shape start from the rows that it was
cut down to.
"""

import logging
from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from generation.denoisers import Conditioning, Denoiser
from generation.methods.rule import Level

logger = logging.getLogger(__name__)

# How other allocators than CUDA's say it, in a RuntimeError: the CPU's, oneDNN's, Apple's, cuDNN's and cuBLAS's.
OTHER_WORDS = ("can't allocate memory", "could not create a primitive", "MPS backend out of memory", "STATUS_ALLOC_FAILED")

# Rows in one call by the shape of a row, of networks that ran out of memory.
_LARGEST: WeakKeyDictionary[object, dict[tuple[int, ...], int]] = WeakKeyDictionary()


class OutOfMemory(MemoryError):
    """Not even one row fits into memory."""


def predict(denoiser: Denoiser, latents: Tensor, levels: Sequence[Level], conditionings: Sequence[Conditioning]) -> Tensor:
    """What the denoiser predicts, shape (rows, …), in as many calls as memory asks for. Raises OutOfMemory."""
    return in_stacks(
        denoiser,
        lambda rows: denoiser.predict(latents[rows], levels[rows], conditionings[rows]),
        len(latents),
        len(latents),
        latents.shape[1:],
    )


def largest_stack(network: object, shape: tuple[int, ...] = ()) -> int | None:
    """The rows of that shape that go into one call of the network; None as long as memory never ran out."""
    return _LARGEST.get(network, {}).get(shape)


def in_stacks(network: object, call: Callable[[slice], Tensor], rows: int, at_once: int, shape: tuple[int, ...] = ()) -> Tensor:
    """call(slice) of all rows, at most so many at once, and fewer if memory runs out. Raises OutOfMemory.

    shape: of one row. What did not fit is remembered for rows of that shape.
    """
    done: list[Tensor] = []
    start = 0
    while start < rows:
        size = min(at_once, rows - start, largest_stack(network, shape) or rows)
        result = _tried(network, call, slice(start, start + size), shape)
        if result is not None:
            done.append(result)
            start += size
    return torch.cat(done)


def _tried(network: object, call: Callable[[slice], Tensor], rows: slice, shape: tuple[int, ...]) -> Tensor | None:
    """The call's result; None if it did not fit, and smaller ones are to be tried."""
    try:
        return call(rows)
    except RuntimeError as error:
        if not _is_out_of_memory(error):
            raise
        _halve(network, rows.stop - rows.start, shape, error)
    torch.cuda.empty_cache()  # the failed call's tensors are gone only now; does nothing without a GPU
    return None


def _is_out_of_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or any(words in str(error) for words in OTHER_WORDS)


def _halve(network: object, size: int, shape: tuple[int, ...], error: RuntimeError) -> None:
    if size == 1:
        raise OutOfMemory(
            "Memory does not even hold one row at a time: choose a smaller image size, compute in half precision "
            "(EVALSITE_DTYPE=float16), let the VAE decode row by row (EVALSITE_VAE_SLICING=1), or use another device."
        ) from error
    _LARGEST.setdefault(network, {})[shape] = size // 2
    logger.warning(
        "Out of memory with %d rows in one call of %s; from now on %d at once.", size, type(network).__name__, size // 2
    )
