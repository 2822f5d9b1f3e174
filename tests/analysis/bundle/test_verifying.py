import json
from pathlib import Path

import pytest

from analysis.bundle.archive import UnreadableBundle
from analysis.bundle.verdict import Verdict
from analysis.bundle.verifying import verify
from tests.analysis.bundle.made_bundles import made_bundle, zipped

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return made_bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def files(made: Files) -> Files:
    """To be spoilt."""
    return dict(made)


def _verdict(folder: Path, files: Files, sums: Files | None = None) -> Verdict:
    return verify(zipped(folder / "one.zip", files, sums))


def test_a_bundle_as_it_was_made_agrees(tmp_path: Path, files: Files) -> None:
    verdict = _verdict(tmp_path, files)
    assert verdict.agrees, list(verdict.lines())
    assert (verdict.files, verdict.votes) == (len(files), 6)
    assert list(verdict.lines())[-1] == "Everything agrees."


def test_one_vote_changed_changes_numbers_even_under_a_new_checksum(tmp_path: Path, files: Files) -> None:
    files["votes.csv"] = files["votes.csv"].replace(b"SD|SD+DNP,SD,", b"SD|SD+DNP,SD+DNP,", 1)
    verdict = _verdict(tmp_path, files)
    assert not verdict.changed
    (share,) = (found for found in verdict.numbers if found.where == "studies.demo.shares[1].votes")
    assert (share.stated, share.recomputed) == (2, 1)
    assert {"tables.csv line 3", "tables.tex line 10"} & {found.where for found in verdict.numbers}


def test_a_number_that_was_changed_is_named_alone(tmp_path: Path, files: Files) -> None:
    report = json.loads(files["report.json"])
    report["studies"]["demo"]["shares"][1]["percent"] += 0.001
    files["report.json"] = json.dumps(report).encode()
    verdict = _verdict(tmp_path, files)
    (found,) = verdict.numbers
    assert found.where == "studies.demo.shares[1].percent"
    assert (found.stated, found.recomputed) == (50.001, 50.0)
    assert f"differs: {found}" in verdict.lines()


def test_a_number_in_a_table_that_was_changed_is_named(tmp_path: Path, files: Files) -> None:
    files["tables.csv"] = files["tables.csv"].replace(b"50.00", b"51.00", 1)
    (found,) = _verdict(tmp_path, files).numbers
    assert found.where == "tables.csv line 3"


def test_a_duel_that_was_changed_is_named(tmp_path: Path, files: Files) -> None:
    first, line, rest = files["duels.csv"].split(b"\n", 2)
    files["duels.csv"] = b"\n".join([first, line + b"1", rest])
    (found,) = _verdict(tmp_path, files).numbers
    assert found.where == "duels.csv line 2"


def test_an_excluded_vote_that_was_changed_is_found_among_the_exclusions(tmp_path: Path, files: Files) -> None:
    files["votes.csv"] = files["votes.csv"].replace(b"w2,correctness,SD|SD+DNP,SD,", b"w2,correctness,SD|SD+DNP,SD+DNP,")
    assert "exclusions.csv line 2" in {found.where for found in _verdict(tmp_path, files).numbers}


def test_another_seed_than_the_numbers_were_made_with_is_found(tmp_path: Path, files: Files) -> None:
    files["options.json"] = files["options.json"].replace(b'"seed": 3', b'"seed": 4')
    assert "studies.demo.seed" in {found.where for found in _verdict(tmp_path, files).numbers}


def test_files_that_are_changed_missing_or_added_are_named(tmp_path: Path, files: Files, made: Files) -> None:
    files["protocol.json"] += b"\n"
    files["notes.txt"] = b"mine"
    del files["images/a red circle_SD.png"]
    verdict = _verdict(tmp_path, files, sums=made)
    assert verdict.changed == ("protocol.json",)
    assert verdict.extra == ("notes.txt",)
    assert verdict.missing == ("images/a red circle_SD.png",)
    assert verdict.images == ("images/a red circle_SD.png: images.csv names it, but it is not there",)
    assert not verdict.agrees


def test_an_image_that_was_replaced_is_found_even_under_a_new_checksum(tmp_path: Path, files: Files) -> None:
    files["images/a red circle_SD.png"] = b"other pixels"
    (fault,) = _verdict(tmp_path, files).images
    assert fault.startswith("images/a red circle_SD.png: it is not the image")


def test_an_image_that_was_voted_on_must_be_in_the_list(tmp_path: Path, files: Files) -> None:
    files["images.csv"] = b"".join(files["images.csv"].splitlines(keepends=True)[:-1])
    assert _verdict(tmp_path, files).images == (
        "images.csv does not name one that was voted on: SD+DNP, “a blue star”, seed 7 (A&E)",
    )


@pytest.mark.parametrize("name", ["votes.csv", "report.json", "options.json", "images.csv", "tables.csv"])
def test_without_what_numbers_are_made_of_nothing_can_be_verified(tmp_path: Path, files: Files, name: str) -> None:
    del files[name]
    with pytest.raises(UnreadableBundle, match=f"There is no {name} in it"):
        _verdict(tmp_path, files)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("votes.csv", b"study\n", "columns are missing"),
        ("report.json", b"{", "Expecting property name"),
        ("report.json", b"[" * 100_000, "recursion"),
        ("options.json", b'{"format": 2}', "newer version"),
        ("options.json", b'{"format": 1, "resamples": 0, "seed": 1}', "whole numbers"),
        ("protocol.json", b'{"wage": 1}', "“wage” is no key of a protocol"),
        ("images.csv", b"file\n1.png\n", "is not CSV with the columns"),
        ("tables.md", b"\xff", "codec can't decode"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, files: Files, name: str, content: bytes, said: str) -> None:
    files[name] = content
    with pytest.raises(UnreadableBundle, match=said) as refused:
        _verdict(tmp_path, files)
    assert str(refused.value).startswith(f"{tmp_path / 'one.zip'} cannot be verified")
