import json
from pathlib import Path
from typing import Any

import pytest

from generation.experiments.gaussian_mixture.running import run

FIGURES = {f"{name}.{suffix}" for name in ("distributions", "posterior", "tracked", "fields") for suffix in ("png", "pdf")}


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return run(tmp_path_factory.mktemp("mixture"), points=40, seed=1, steps=20)


@pytest.fixture(scope="module")
def numbers(paths: list[Path]) -> Any:
    return json.loads(paths[0].read_text())


def test_every_figure_is_written_as_png_and_as_pdf(paths: list[Path]) -> None:
    assert {path.name for path in paths} == FIGURES | {"results.json"}
    for path in paths:
        assert path.read_bytes().startswith({".png": b"\x89PNG", ".pdf": b"%PDF", ".json": b"{"}[path.suffix])


def test_the_numbers_are_of_every_rule(numbers: Any) -> None:
    assert [each["rule"] for each in numbers["reached"]] == ["none", "cfg", "np", "dng, exact", "dng, tracked"]
    assert [each["rule"] for each in numbers["strengths"]] == ["cfg", "np", "dng"]
    assert numbers["largest_gap"] < 1e-9
    assert len(numbers["tracking"]["forbidden"]["tracked"]) == len(numbers["tracking"]["timesteps"]) == 20


def test_the_numbers_say_how_they_were_made(numbers: Any) -> None:
    assert (numbers["points"], numbers["seed"], numbers["steps"], numbers["scale"]) == (40, 1, 20, 1.0)
