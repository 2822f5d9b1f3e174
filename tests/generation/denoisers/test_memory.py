"""A network that runs out of memory, as torch tells it, goes on with fewer rows and the same results."""

import copy
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import Tensor

from generation.checkpoints import Loaded
from generation.denoisers import LatentDenoiser
from generation.denoisers.latent_diffusion import ONE_BY_ONE, TOGETHER
from generation.denoisers.memory import OutOfMemory, in_stacks, largest_stack
from generation.methods.rule import Level
from generation.sampler import Row, sample, sample_latents

ROW = Row("a red ring and a star", 5, "cfg", {"scale": 7.5}, "ddim", 3, 64)
LATENT = (4, 8, 8)
ROWS = [replace(ROW, seed=seed) for seed in range(4)]  # eight inputs
BY_GPU = torch.OutOfMemoryError("CUDA out of memory.")
BY_CPU = RuntimeError("[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to")


@dataclass(frozen=True, eq=False)
class Small:
    """A denoiser in whose memory only so many rows find room; the sizes of its calls, in order."""

    denoiser: LatentDenoiser
    room: int
    error: RuntimeError
    calls: list[int]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.denoiser, name)

    def predict(self, latents: Tensor, levels: Sequence[Level], conditionings: Sequence[Any]) -> Tensor:
        self.calls.append(len(latents))
        if len(latents) > self.room:
            raise self.error
        return self.denoiser.predict(latents, levels, conditionings)


@pytest.fixture
def small(tiny: Loaded) -> Callable[..., Any]:
    return lambda room, error=BY_GPU: Small(tiny.denoiser, room, error, [])


@pytest.mark.parametrize("error", [BY_GPU, BY_CPU])
@pytest.mark.parametrize("room", [1, 3])
def test_rows_that_do_not_fit_together_give_the_same_latents(
    tiny: Loaded, small: Callable[..., Any], room: int, error: RuntimeError
) -> None:
    found = sample_latents(small(room, error), ROWS)
    assert (found - sample_latents(tiny.denoiser, ROWS)).abs().max() < 1e-4


def test_what_did_not_fit_once_is_not_tried_again(small: Callable[..., Any]) -> None:
    denoiser = small(3)
    sample_latents(denoiser, ROWS)
    assert denoiser.calls == [8, 4, 2, 2, 2, 2] + 2 * [2, 2, 2, 2]
    assert largest_stack(denoiser, LATENT) == 2


def test_smaller_images_are_still_stacked_when_larger_ones_did_not_fit() -> None:
    network, sizes = torch.nn.Identity(), list[int]()

    def call(rows: slice, room: int) -> Tensor:
        sizes.append(rows.stop - rows.start)
        if sizes[-1] > room:
            raise BY_GPU
        return torch.zeros(sizes[-1])

    in_stacks(network, lambda rows: call(rows, 2), 4, 4, (4, 16, 16))
    in_stacks(network, lambda rows: call(rows, 4), 4, 4, LATENT)
    assert sizes == [4, 2, 2, 4]
    assert (largest_stack(network, (4, 16, 16)), largest_stack(network, LATENT)) == (2, None)


def test_the_log_says_that_memory_ran_out_and_what_happens_now(
    small: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        sample_latents(small(4), ROWS)
    assert caplog.messages == ["Out of memory with 8 rows in one call of Small; from now on 4 at once."]


def test_one_row_that_does_not_fit_is_an_error_that_says_what_to_do(small: Callable[..., Any]) -> None:
    with pytest.raises(OutOfMemory, match="choose a smaller image size, compute in half precision"):
        sample_latents(small(0), ROWS)


def test_other_errors_go_up_as_they_are(small: Callable[..., Any]) -> None:
    denoiser = small(3, RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        sample_latents(denoiser, ROWS)
    assert denoiser.calls == [8]


def test_a_denoiser_that_never_ran_out_of_memory_has_no_largest_stack(tiny: Loaded) -> None:
    sample_latents(tiny.denoiser, ROWS)
    assert largest_stack(tiny.denoiser, LATENT) is None


def test_rows_stay_in_order_in_parts_of_any_size() -> None:
    assert in_stacks(torch.nn.Identity(), lambda rows: torch.arange(7)[rows], 7, 3).tolist() == list(range(7))


def test_the_vae_decodes_in_halves_when_memory_runs_out(tiny: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    together: Any = replace(tiny.denoiser, vae=copy.deepcopy(tiny.denoiser.vae), decoded_at_once=TOGETHER)
    whole, decode, sizes = sample(together, ROWS), together.vae.decode, list[int]()

    def decode_three(latents: Tensor) -> Any:
        sizes.append(len(latents))
        if len(latents) > 3:
            raise BY_GPU
        return decode(latents)

    monkeypatch.setattr(together.vae, "decode", decode_three)
    halved = sample(together, ROWS)
    assert sizes == [4, 2, 2]
    assert max(abs(one.pixels.astype(int) - two.pixels).max() for one, two in zip(whole, halved, strict=True)) <= 1


@pytest.mark.parametrize(("at_once", "sizes"), [(ONE_BY_ONE, [1, 1, 1, 1]), (TOGETHER, [4])], ids=["one by one", "together"])
def test_the_vae_decodes_as_many_rows_at_once_as_it_is_told(
    tiny: Loaded, monkeypatch: pytest.MonkeyPatch, at_once: int, sizes: list[int]
) -> None:
    denoiser: Any = replace(tiny.denoiser, decoded_at_once=at_once)
    decode, seen, told = denoiser.vae.decode, list[Tensor](), list[bool]()

    def watched(latents: Tensor) -> Any:
        seen.append(latents)
        return decode(latents)

    monkeypatch.setattr(denoiser.vae, "decode", watched)
    with torch.no_grad():
        denoiser.decode(torch.randn(4, 4, 8, 8), lambda: told.append(True))
    assert ([len(latents) for latents in seen], len(told)) == (sizes, 4)
