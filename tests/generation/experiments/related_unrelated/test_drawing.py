from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generation.checkpoints import Loaded
from generation.experiments.related_unrelated.drawing import Shelf
from generation.sampler import NotFinite, Row, sample
from tests.rows import row
from tests.tiny_checkpoint import overflowing


def dng(seed: int, **settings: Any) -> Row:
    return row("dng", seed=seed, evaluations=3, **settings)


def test_what_is_kept_is_what_was_drawn(tmp_path: Path, tiny: Loaded) -> None:
    shelf, rows = Shelf(tmp_path, tiny, 2), [dng(0), dng(1)]
    shelf.draw(rows, lambda _: None)
    for kept, drawn in zip(shelf.take(rows), sample(tiny.denoiser, rows), strict=True):
        np.testing.assert_array_equal(kept.pixels, drawn.pixels)
        assert kept.traces == drawn.traces
        assert len(kept.traces["lambda"]) == 3


def test_a_second_call_draws_only_what_is_missing(tmp_path: Path, tiny: Loaded) -> None:
    shelf = Shelf(tmp_path, tiny, 2)
    shelf.draw([dng(0)], lambda _: None)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    told: list[int] = []
    shelf.draw([dng(0), dng(1), dng(2)], told.append)
    assert told == [1, 2]  # there already, then drawn
    assert len(list(tmp_path.iterdir())) == 3
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())


def test_other_settings_seeds_and_revisions_are_other_images(tmp_path: Path, tiny: Loaded) -> None:
    shelf, other = Shelf(tmp_path, tiny, 2), Shelf(tmp_path, replace(tiny, revision="other"), 2)
    paths = [shelf.path(dng(0)), shelf.path(dng(1)), shelf.path(dng(0, scale=3)), other.path(dng(0))]
    assert len(set(paths)) == 4


def test_what_was_drawn_before_a_fault_stays(tmp_path: Path, tiny: Loaded) -> None:
    shelf = Shelf(tmp_path, replace(tiny, denoiser=overflowing(tiny, "x")), 1)
    bad = row("np_uncond", prompt="x", evaluations=3)
    with pytest.raises(NotFinite):
        shelf.draw([dng(0), bad], lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == [shelf.path(dng(0)).name]
