from pathlib import Path

import pytest

from analysis.automatic.measured import COLUMNS, BadMetrics, Measured, csv_text, read_measured

ROWS = (
    Measured("S", "A&E", "SDXL", "clip_full_prompt", 0.353, 0.34, 0.36, "", None, None, None, 640, 10, "clip@a", ""),
    Measured("S", "A&E", "DNP", "kl", 0.12, None, None, "SDXL", 0.84, 0.1, 1.5, 640, 10, "clip@a", "a note, with “signs”"),
)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert read_measured(written(tmp_path / "m.csv", csv_text(ROWS))) == ROWS


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("clip_full_prompt", "clip"), "line 2: “clip” is none of the metrics"),
        (("0.353", "much"), "line 2: value “much” is not a finite number"),
        (("0.353", "inf"), "line 2: value “inf” is not a finite number"),
        (("0.353", ""), "line 2: the value is empty"),
        (("640", "-1"), "images “-1” is not a whole number"),
        (("prompt_set", "set"), "lacks the columns prompt_set"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    with pytest.raises(BadMetrics, match=told):
        read_measured(written(tmp_path / "m.csv", csv_text(ROWS).replace(*change)))


def test_a_metric_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadMetrics, match="CLIP full prompt of S · A&E · SDXL twice"):
        read_measured(written(tmp_path / "m.csv", csv_text([ROWS[0], ROWS[0]])))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_bytes(",".join(COLUMNS).encode() + b"\n\xff")
    with pytest.raises(BadMetrics, match="is not CSV in UTF-8"):
        read_measured(tmp_path / "m.csv")
