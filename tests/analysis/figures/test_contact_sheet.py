"""The most and least contested comparisons with their images."""

from pathlib import Path

import pytest
from PIL import Image

from analysis.figures import BadImages, ImageAt, contact_sheet, read_images
from analysis.figures.saving import style
from tests.analysis.figures.drawings import svg_of
from tests.analysis.study_report_made import study_report

HEAD = "prompt_set,prompt,seed,condition,file"
PROMPT = "a red circle and a blue star"


def images_file(folder: Path, *lines: str, head: str = HEAD) -> Path:
    path = folder / "images.csv"
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    return path


def images_of_sd(folder: Path) -> Path:
    """An image of each seed by SD, and none by SD+DNP."""
    (folder / "images").mkdir()
    for seed in range(24):
        Image.new("RGB", (64, 48), (200, 10 * seed, 0)).save(folder / "images" / f"{seed}.png")
    return images_file(folder, *(f"A&E,{PROMPT},{seed},SD,images/{seed}.png" for seed in range(24)))


def sheet(image_at: ImageAt) -> str | None:
    """The sheet of the most contested comparisons as SVG."""
    with style():
        figure = contact_sheet.draw(study_report().most_contested, image_at, ["Rehearsal"])
        return svg_of(figure) if figure else None


def test_a_sheet_shows_the_images_at_hand_with_prompt_and_votes(tmp_path: Path) -> None:
    drawn = sheet(read_images(images_of_sd(tmp_path)))
    assert drawn is not None
    on_sheet = [each for each in study_report().most_contested if each.prompt_set == "A&E"]
    assert drawn.count("data:image/png;base64") == len(on_sheet) > 0
    for words in (PROMPT, f"seed {on_sheet[0].seed}", "image not", "Rehearsal", f"{dict(on_sheet[0].votes)['SD']} votes"):
        assert words in drawn


def test_there_is_no_sheet_without_images(tmp_path: Path) -> None:
    assert sheet(read_images(images_file(tmp_path))) is None


def test_a_file_that_is_no_image_is_not_at_hand(tmp_path: Path) -> None:
    (tmp_path / "0.png").write_text("nothing to see")
    image_at = read_images(images_file(tmp_path, *(f"A&E,{PROMPT},{seed},SD,0.png" for seed in range(24))))
    assert image_at("A&E", PROMPT, 3, "SD") == tmp_path / "0.png"
    assert sheet(image_at) is None


def test_an_image_that_is_not_listed_is_nowhere(tmp_path: Path) -> None:
    assert read_images(images_of_sd(tmp_path))("A&E", PROMPT, 0, "SD+DNP") is None


def test_a_list_that_lacks_a_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadImages, match="lacks the columns seed, file"):
        read_images(images_file(tmp_path, head="prompt_set,prompt,condition"))


def test_a_seed_that_is_no_number_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadImages, match="line 3: the seed “x” is not"):
        read_images(images_file(tmp_path, f"A&E,{PROMPT},1,SD,1.png", f"A&E,{PROMPT},x,SD,1.png"))
