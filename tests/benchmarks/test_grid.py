"""The grid's benchmark at a tiny size, so that it runs wherever it is wanted; nothing is timed here."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from benchmarks import grid
from benchmarks.card import flops_per_evaluation, watch_evaluations
from benchmarks.pipelines import EQUIVALENT, Pipelines, calls
from generation.sampler import sample_latents
from tests.tiny_checkpoint import build_tiny_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning:diffusers")  # the pipeline of SLD is deprecated


def test_the_pipelines_make_the_rows_that_they_have_a_method_for(tmp_path: Path) -> None:
    denoiser = grid.stable_diffusion(str(build_tiny_checkpoint(tmp_path)))
    rows = [row for row in grid.grid(64, 2, 2, 4) if row.method in EQUIVALENT]
    rows = [replace(row, prompt=row.prompt[:14]) for row in rows]  # the pipeline of SLD takes no longer texts in one call
    ours, pipelines = sample_latents(denoiser, rows), Pipelines(denoiser, grid.SCHEDULER, 4)
    for at_once in (1, 3):
        torch.testing.assert_close(pipelines.latents(rows, at_once), ours, rtol=0, atol=1e-3)


def test_a_call_of_the_pipelines_holds_rows_of_one_method() -> None:
    rows = grid.grid(64, 1, 3, 4)
    assert [len(call) for call in calls(rows, 2)] == [2, 1] * len(grid.CONDITIONS)
    assert all(len({rows[index].method for index in call}) == 1 for call in calls(rows, 2))


def test_flops_are_those_of_one_latent(tmp_path: Path) -> None:
    denoiser = grid.stable_diffusion(str(build_tiny_checkpoint(tmp_path)))
    with watch_evaluations(denoiser.unet) as seen:
        assert flops_per_evaluation(denoiser) > 1e6
    assert seen == [1]


def test_a_random_unet_is_measured_on_any_device(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["--prompts=1", "--seeds=1", "--evaluations=2", "--stack=4", "--rounds=1"]
    monkeypatch.setattr(sys, "argv", ["grid", "--random-unet=tiny", *sizes])
    grid.main()
    said = capsys.readouterr().out
    assert "(a) one at a time: " in said
    assert "(b) same batch size: " in said
    assert "3.2 UNet evaluations an image" in said  # (4 of the first step + 9 of the second) / 4 images
