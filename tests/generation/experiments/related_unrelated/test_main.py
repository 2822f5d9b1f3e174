import json
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from generation.experiments.related_unrelated.__main__ import main
from tests.generation.experiments.related_unrelated.conftest import arguments


def test_the_numbers_hold_all_that_the_figures_show(finished: Path) -> None:
    results = json.loads((finished / "results.json").read_text())
    (prompt,) = results["prompts"]
    assert (prompt["related"], prompt["unrelated"], results["seeds"]) == ("a candle", "kids", [0, 1])
    assert [point["scale"] for point in prompt["np"]["points"]] == [1.5, 3.0]
    assert [point["scale"] for point in prompt["dng"]["points"]] == [20.0, 40.0]
    assert {"value", "slope", "intercept", "low", "high", "points"} <= set(prompt["np"]["regression"])
    assert len(prompt["strengths"]["timesteps"]) == len(prompt["strengths"]["related"]["mean"]) == 3
    assert prompt["strengths"]["related"]["mean"][0] == pytest.approx(20 / 9)  # λ₀ p₀/(1 − p₀) with p₀ = .1
    assert "sha256:" in results["checkpoint"]
    assert "sha256:" in results["clip"]
    assert prompt["seen"] == []


def test_the_same_noise_stands_behind_all_conditions(finished: Path) -> None:
    made = [_made(path) for path in (finished / "images").iterdir()]
    assert len(made) == 2 * (1 + 2 * 2 * 2)
    assert {(each["scheduler"], each["evaluations"]) for each in made} == {("ddpm_large", 3)}


def _made(path: Path) -> dict[str, Any]:
    with PIL.Image.open(path) as image:
        made: dict[str, Any] = json.loads(image.info["made"])
        return made


def test_figures_and_sheets_are_png_and_pdf(finished: Path) -> None:
    for name in ("strengths", "clip-scores", "examples", "scales"):
        assert (finished / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        with PIL.Image.open(finished / f"{name}.png") as image:
            image.verify()


def test_a_second_call_draws_nothing_and_says_the_same(
    finished: Path, tiny_folder: Path, tiny_clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def state() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in (finished / "images").iterdir()}

    images, numbers = state(), (finished / "results.json").read_bytes()
    main(arguments(finished, tiny_folder, tiny_clip, finished.parent / "study.yaml"))
    assert state() == images
    assert (finished / "results.json").read_bytes() == numbers
    assert "| Feast |" in capsys.readouterr().out


def test_a_checkpoint_that_is_not_there_is_told_in_a_sentence(tmp_path: Path, tiny_clip: Path, study_file: Path) -> None:
    with pytest.raises(SystemExit, match="nowhere/nothing-at-all"):
        main(arguments(tmp_path, Path("nowhere/nothing-at-all/there"), tiny_clip, study_file))


def test_a_fault_of_the_study_is_told_before_anything_is_loaded(tmp_path: Path, study_file: Path) -> None:
    study_file.write_text("seeds: none\n")
    with pytest.raises(SystemExit, match="line 1: “the file” lacks"):
        main(arguments(tmp_path, Path("not-loaded"), Path("not-loaded"), study_file))
    assert not (tmp_path / "images").exists()
