"""Which lines of a file are records, and on which line of the file each begins."""

from pathlib import Path

import pytest

from analysis.faults import BadVotesFile, Fault
from analysis.parsing import parse
from tests.analysis.votes_files import GOOD_VOTE, HEADER

LINE = ",".join(GOOD_VOTE.values())


def faults_of(path: Path, content: bytes) -> list[Fault]:
    path.write_bytes(content)
    try:
        return parse(path)[1]
    except BadVotesFile as error:
        return list(error.faults)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "votes.csv"


def test_a_byte_order_mark_and_windows_line_ends_are_read_over(path: Path) -> None:
    path.write_bytes(f"\ufeff{HEADER}\r\n{LINE}\r\n".encode())
    columns, faults = parse(path)
    assert (columns["study"].values, columns["seconds"].values, faults) == (["demo"], ["12.5"], [])


def test_a_record_begins_on_the_physical_line_an_editor_shows(path: Path) -> None:
    two_lined = LINE.replace("a red circle and a blue star", '"a red circle,\nand a ""blue"" star"')
    path.write_text(f"{HEADER}\n{two_lined}\n\n{LINE}\n", encoding="utf-8")
    columns, _ = parse(path)
    assert columns.lines.tolist() == [2, 5]
    assert columns["prompt"].values[0] == 'a red circle,\nand a "blue" star'


def test_columns_of_other_names_are_kept_apart(path: Path) -> None:
    path.write_text(f"{HEADER},browser,trial\n{LINE},Chromium,t1\n", encoding="utf-8")
    columns, faults = parse(path)
    assert columns["trial"].values == ["t1"]
    assert "browser" not in columns
    assert columns.others["browser"].values == ["Chromium"]
    assert not faults


def test_a_missing_column_is_named(path: Path) -> None:
    (fault,) = faults_of(path, HEADER.replace("seed,", "").encode())
    assert fault.line == 1
    assert "missing: seed" in fault.reason


def test_columns_in_another_order_are_refused(path: Path) -> None:
    (fault,) = faults_of(path, f"{HEADER.replace('shown,choice', 'choice,shown')}\n{LINE}\n".encode())
    assert "in this order" in fault.reason


def test_a_foreign_column_among_the_first_ten_is_refused(path: Path) -> None:
    (fault,) = faults_of(path, f"{HEADER.replace('seed', 'browser,seed')}\n".encode())
    assert "first ten columns" in fault.reason


def test_a_column_named_twice_is_refused(path: Path) -> None:
    (fault,) = faults_of(path, f"{HEADER},trial,trial\n".encode())
    assert fault == Fault(1, "the column trial is there 2 times")


def test_an_empty_file_is_refused(path: Path) -> None:
    (fault,) = faults_of(path, b"")
    assert "the file is empty" in fault.reason


def test_a_file_without_votes_is_refused(path: Path) -> None:
    (fault,) = faults_of(path, f"{HEADER}\n\n".encode())
    assert "there is no vote" in fault.reason


def test_lines_with_too_few_and_too_many_fields_are_both_named(path: Path) -> None:
    short, long = faults_of(path, f"{HEADER}\n{LINE[:-5]}\n{LINE}\n{LINE},more\n".encode())
    assert (short.line, long.line) == (2, 4)
    assert "9 fields" in short.reason
    assert "11 fields" in long.reason


def test_every_line_that_is_not_utf_8_is_named(path: Path) -> None:
    latin = LINE.replace("circle", "café").encode("latin-1")
    faults = faults_of(path, b"\n".join([HEADER.encode(), latin, LINE.encode(), latin]))
    assert [fault.line for fault in faults] == [2, 4]
    assert all("UTF-8" in fault.reason for fault in faults)


def test_a_quote_that_never_closes_is_refused_where_it_opens(path: Path) -> None:
    (fault,) = faults_of(path, f'{HEADER}\n{LINE}\n"{LINE}\n{LINE}\n'.encode())
    assert fault.line == 3
    assert "not CSV" in fault.reason


def test_reading_goes_on_after_a_broken_record(path: Path) -> None:
    faults = faults_of(path, f'{HEADER}\n"de"mo{LINE}\n{LINE}\n{LINE},more\n'.encode())
    assert [fault.line for fault in faults] == [2, 4]
