from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.core.management import CommandError, call_command

from generation.contact_sheet import GAP, LINE, Block, Cell, draw, width_of
from generation.methods import METHODS
from tests.rows import RESOLUTION, settings_of
from tests.tiny_checkpoint import FLAGS_ALL, build_tiny_checkpoint

STEERED = [f"--set={name}:resolution={RESOLUTION}" for name in METHODS if "resolution" in settings_of(name)]
Printed = pytest.CaptureFixture[str]


def call(folder: Path, out: Path, *typed: str, prompt: str = "a red ring", seeds: str = "0-1") -> None:
    """The command as typed, quickly."""
    common = [f"--prompt={prompt}", f"--seeds={seeds}", f"--checkpoint={folder}", "--evaluations=2", f"--out={out}"]
    call_command("contact_sheet", *common, *typed)


def test_without_a_negative_the_methods_that_need_one_are_left_out_aloud(
    tiny_folder: Path, tmp_path: Path, capsys: Printed
) -> None:
    call(tiny_folder, tmp_path / "sheet.png", *STEERED)
    said = capsys.readouterr().out
    assert "Left out, because they need --negative: negative_prompt, auto_dnp, dnp, np_uncond, dng." in said
    assert f"sheet.png: {2 * (len(METHODS) - 5)} images, 0 flagged as NSFW" in said


def test_with_a_negative_every_method_is_on_the_sheet(tiny_folder: Path, tmp_path: Path, capsys: Printed) -> None:
    call(tiny_folder, tmp_path / "sheet.png", "--negative=blurry", *STEERED, seeds="3")
    assert f"sheet.png: {len(METHODS)} images, 0 flagged as NSFW" in capsys.readouterr().out
    with PIL.Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.height == GAP + 2 * LINE + len(METHODS) * (128 + LINE)


def test_methods_that_cannot_steer_here_are_left_out_aloud(tiny_folder: Path, tmp_path: Path, capsys: Printed) -> None:
    call(tiny_folder, tmp_path / "sheet.png", "--negative=blurry", seeds="3")
    said = capsys.readouterr().out
    assert "Left out: attend_and_excite. There is no attention of resolution 16 here: set “resolution” to 4." in said
    assert f"sheet.png: {len(METHODS) - len(STEERED)} images" in said


def test_each_prompt_has_a_block_of_its_own(tiny_folder: Path, tmp_path: Path, capsys: Printed) -> None:
    call(tiny_folder, tmp_path / "sheet.png", "--prompt=a star", "--method=cfg", "--set=cfg:scale=3")
    assert "sheet.png: 4 images" in capsys.readouterr().out
    with PIL.Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.height == 2 * (GAP + 2 * LINE + 128 + LINE)


def test_flagged_images_are_counted(tmp_path: Path, capsys: Printed) -> None:
    call(build_tiny_checkpoint(tmp_path, FLAGS_ALL), tmp_path / "sheet.png", "--method=cfg")
    assert "2 images, 2 flagged as NSFW" in capsys.readouterr().out


def test_unscreened_images_say_why(tiny_folder: Path, tmp_path: Path, capsys: Printed) -> None:
    call(tiny_folder, tmp_path / "sheet.png", "--method=cfg", "--unscreened=shapes only")
    assert "2 images, not screened: shapes only" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["--method=cgf"], "There is no method “cgf”"),
        (["--method=syngen"], "There is no attention of resolution 16 here"),
        (["--method=negative_prompt"], "“negative” must be given"),
        (["--set=scale=3"], "does not say whose setting it is; write --set METHOD:NAME=VALUE"),
        (["--set=cfg:scale"], "write --set METHOD:NAME=VALUE"),
        (["--set=cgf:scale=3"], "There is no method “cgf”"),
        (["--method=cfg", "--set=sld:scale=3"], "a method that is not on the sheet: sld; add --method"),
        (["--set=cfg:scale=strong"], "“scale” must be of type float"),
        (["--seeds=3-1"], "--seeds: “3-1” must rise"),
        (["--size=60"], "a multiple of 8 pixels"),
        (["--checkpoint=/no/such/folder"], "nor a folder"),
    ],
)
def test_what_cannot_be_drawn_is_refused(tiny_folder: Path, tmp_path: Path, typed: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call(tiny_folder, tmp_path / "sheet.png", *typed)
    assert not list(tmp_path.iterdir())


def test_a_sheet_shows_the_images_under_their_names() -> None:
    def cell(value: int, remark: str = "") -> Any:
        return Cell(np.full((128, 128, 3), value, np.uint8), remark)

    sheet = np.asarray(draw([Block("a ring", ["cfg"], ["seed 0", "seed 1"], [[cell(50), cell(90, "flagged as NSFW")]])]))
    left, top = 2 * GAP + round(width_of("cfg")), GAP + 2 * LINE
    assert (sheet[top : top + 128, left : left + 128] == 50).all()
    assert (sheet[top : top + 128, left + 128 + GAP :][:, :128] == 90).all()
    remark = sheet[top + 128 :]
    assert (remark[:, :left] == 255).all()
    assert (remark[:, left + 128 + GAP :] < 128).any()
