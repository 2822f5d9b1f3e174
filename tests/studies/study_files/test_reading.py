"""What a study file says, and how its faults are told: each with its line and column."""

from pathlib import Path

import pytest

from studies.instructions import CRITERIA, TEMPLATES
from studies.study_files import BadStudyFile, StudyFile, read
from studies.study_files.errors import Place

WHOLE = """\
name: Guidance
drawn_with: {checkpoint: bundled, size: 64}
conditions:
  - {name: Plain, method: cfg}
  - {name: Stronger, method: cfg, settings: {scale: 9}, size: 128}
prompt_sets:
  - {name: Shapes, prompts: [a red ring]}
"""


def read_text(tmp_path: Path, text: str) -> StudyFile:
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path)


def faults_of(tmp_path: Path, text: str) -> list[tuple[Place, str]]:
    with pytest.raises(BadStudyFile) as refused:
        read_text(tmp_path, text)
    return refused.value.faults


def test_conditions_have_what_all_are_drawn_with_unless_they_say_otherwise(tmp_path: Path) -> None:
    plain, stronger = read_text(tmp_path, WHOLE).conditions
    assert (plain.values["checkpoint"], plain.values["size"]) == ("bundled", 64)
    assert (stronger.values["checkpoint"], stronger.values["size"]) == ("bundled", 128)


def test_criteria_that_are_left_out_are_the_papers(tmp_path: Path) -> None:
    assert [part.values["name"] for part in read_text(tmp_path, WHOLE).criteria] == list(CRITERIA)
    assert not read_text(tmp_path, f"{WHOLE}criteria: []\n").criteria


def test_instructions_that_come_along_are_named(tmp_path: Path) -> None:
    study = read_text(tmp_path, f"{WHOLE}instructions_of: hand\n").study
    assert study.values["instructions"] == TEMPLATES["hand"].instructions


def test_places_make_no_difference_to_equality(tmp_path: Path) -> None:
    assert read_text(tmp_path, WHOLE) == read_text(tmp_path, f"# a comment\n\n{WHOLE}")


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (f"{WHOLE}nmae: x\n", 8, "did you mean “name”?"),
        (WHOLE.replace("name: Guidance\n", ""), 1, "“name” must be given."),
        (f"{WHOLE}votes_wanted: ten\n", 8, "“votes_wanted” must be a whole number, not 'ten'."),
        (f"{WHOLE}votes_wanted: true\n", 8, "“votes_wanted” must be a whole number, not True."),
        (WHOLE.replace("method: cfg}", "methode: cfg}", 1), 4, "“method” must be given."),
        (f"{WHOLE}name: Again\n", 8, "“name” stands here twice."),
        (f"{WHOLE}instructions_of: feet\n", 8, "none of the instructions that come along"),
        (WHOLE.replace("name: Shapes", "name: Shapes, pairs: some"), 7, "“pairs” is “all”, a number"),
        (f"{WHOLE}seed: [\n", 9, "This is no YAML"),
        (f"{WHOLE}consent: !!python/object:os.system x\n", 8, "is read as"),
        (f"{WHOLE}consent: &a x\ninstructions: *a\n", 9, "Aliases (*) are not read"),
        ("", 1, "The file is empty."),
        ("- a list\n", 1, "Here must stand a mapping"),
    ],
)
def test_a_fault_has_its_line(tmp_path: Path, text: str, line: int, sentence: str) -> None:
    faults = faults_of(tmp_path, text)
    assert any(place.line == line and sentence in said for place, said in faults), faults


def test_all_faults_are_told_at_once_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(BadStudyFile) as refused:
        read_text(tmp_path, WHOLE.replace("method: cfg}", "}", 1) + "sed: 3\n")
    said = str(refused.value).splitlines()
    assert len(said) == 2
    assert all(line.startswith(f"{tmp_path / 'study.yaml'}:") for line in said)


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_bytes("name: Größe".encode("latin-1"))
    with pytest.raises(BadStudyFile, match="not in UTF-8"):
        read(path)
