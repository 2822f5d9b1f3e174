from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.core.management import CommandError, call_command

from generation.checkpoints import load
from generation.methods import METHODS
from generation.sampler import Row, sample
from tests.rows import scheduler_of, settings_of
from tests.tiny_checkpoint import FLAGS_ALL, build_tiny_checkpoint, drop_safety_checker

SETTINGS = ["scale=3", "negative=blurry, pale"]


def call(folder: Path, out: Path, **changes: Any) -> None:
    """The command as typed, with some options changed."""
    options: dict[str, Any] = {
        "method": "negative_prompt",
        "prompt": "a ring",
        "seed": 3,
        "set": SETTINGS,
        "evaluations": 4,
        "out": out,
    }
    options |= {"checkpoint": folder, **changes}
    settings = options.pop("set")
    typed = [f"--{name}={value}" for name, value in options.items()]
    call_command("sample", *typed, *(f"--set={setting}" for setting in settings))


def test_sample_writes_the_image_of_its_row(tiny_folder: Path, tmp_path: Path) -> None:
    call(tiny_folder, tmp_path / "ring.png", scheduler="pndm")
    row = Row("a ring", 3, "negative_prompt", {"scale": 3, "negative": "blurry, pale"}, "pndm", 4, 64)
    (drawn,) = sample(load(str(tiny_folder)).denoiser, [row])
    assert np.array_equal(np.asarray(PIL.Image.open(tmp_path / "ring.png")), drawn.pixels)


def test_sample_says_that_an_image_is_not_flagged(
    tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(tiny_folder, tmp_path / "ring.png")
    assert f"ring.png: not flagged by the safety checker of {tiny_folder}" in capsys.readouterr().out


def test_sample_says_that_an_image_is_flagged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(build_tiny_checkpoint(tmp_path, FLAGS_ALL), tmp_path / "ring.png")
    assert "ring.png: flagged as NSFW by" in capsys.readouterr().out


def test_sample_refuses_an_image_that_nobody_screens(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"has no safety checker.*--checker NAME, or --unscreened WHY"):
        call(drop_safety_checker(build_tiny_checkpoint(tmp_path)), tmp_path / "ring.png")
    assert not (tmp_path / "ring.png").exists()


def test_sample_goes_without_screening_for_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(drop_safety_checker(build_tiny_checkpoint(tmp_path)), tmp_path / "ring.png", unscreened="shapes only")
    assert "ring.png: not screened: shapes only" in capsys.readouterr().out
    assert (tmp_path / "ring.png").exists()


def test_sample_takes_another_checker_by_name(tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(tiny_folder, tmp_path / "ring.png", checker=build_tiny_checkpoint(tmp_path, FLAGS_ALL))
    assert f"ring.png: flagged as NSFW by the safety checker of {tmp_path}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"method": "cgf"}, "choose one of: cfg, negative_prompt"),
        ({"set": ["scael=3", "negative=x"]}, "“scael” is not a setting here"),
        ({"set": ["scale=strong", "negative=x"]}, "“scale” must be of type float, not 'strong'"),
        ({"set": ["scale"]}, "write --set NAME=VALUE"),
        ({"checkpoint": "/no/such/folder"}, "nor a folder"),
        ({"revision": "main"}, "has no revision"),
        ({"scheduler": "eular"}, "choose one of: ddim, pndm, ddpm"),
        ({"evaluations": 0}, "ddim makes 1 to 999 evaluations"),
        ({"size": 60}, "a multiple of 8 pixels"),
        ({"unscreened": " "}, "say in words why nobody screens"),
        ({"checker": "/no/such/folder"}, "No safety checker could be loaded"),
        ({"seed": -1}, "--seed must lie between 0 and"),
    ],
)
def test_sample_refuses_what_it_cannot_do(tiny_folder: Path, tmp_path: Path, changes: Any, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call(tiny_folder, tmp_path / "ring.png", **changes)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("out", ["ring.jpg", "no/such/folder/ring.png"])
def test_sample_refuses_a_file_that_it_could_not_write(tiny_folder: Path, tmp_path: Path, out: str) -> None:
    with pytest.raises(CommandError, match=r"must be a \.png file in a folder that exists"):
        call(tiny_folder, tmp_path / out)


@pytest.mark.parametrize("method", METHODS)
def test_sample_draws_with_every_method(tiny_folder: Path, tmp_path: Path, method: str) -> None:
    settings = [f"{name}={value}" for name, value in settings_of(method).items()]
    call(tiny_folder, tmp_path / "ring.png", method=method, set=settings, scheduler=scheduler_of(method))
    with PIL.Image.open(tmp_path / "ring.png") as image:
        assert image.size == (64, 64)


def test_sample_steers_by_the_phrases_that_it_is_given(tiny_folder: Path, tmp_path: Path) -> None:
    steered = {"method": "attend_and_excite", "set": ["resolution=4"], "prompt": "a ring and a star"}
    call(tiny_folder, tmp_path / "one.png", entity="a star", **steered)
    row = Row("a ring and a star", 3, "attend_and_excite", {"resolution": 4}, "ddim", 4, 64, ("a star",))
    (drawn,) = sample(load(str(tiny_folder)).denoiser, [row])
    assert np.array_equal(np.asarray(PIL.Image.open(tmp_path / "one.png")), drawn.pixels)
    with pytest.raises(CommandError, match="“a moon”"):
        call(tiny_folder, tmp_path / "two.png", entity="a moon", **steered)
