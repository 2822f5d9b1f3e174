"""The fast road through a CSV file makes what the exact one makes, or leaves the file to it."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.columns import VOTES, Columns
from analysis.exact_csv import parse_exactly
from analysis.faults import BadVotesFile
from analysis.plain_csv import parse_plain
from tests.analysis.votes_files import GOOD_VOTE, HEADER

LINE = ",".join(GOOD_VOTE.values())
WIDTH = len(GOOD_VOTE)

fields = st.text(list('ab ,"\n\r\t|\\é日\u2028\ufeff'), max_size=4) | st.sampled_from(["NA", "null", "nan", "1"])
records = st.lists(fields, min_size=WIDTH, max_size=WIDTH)
line_ends = st.sampled_from(["\n", "\r\n"])


def told(columns: Columns) -> object:
    every = columns.by_name | columns.others
    return columns.lines.tolist(), {name: (column.values, column.codes.tolist()) for name, column in every.items()}


def exactly(path: Path) -> object:
    """What the exact parser makes of a file without faults; None for a faulty one."""
    try:
        columns, faults = parse_exactly(path, VOTES)
    except BadVotesFile:
        return None
    return None if faults else told(columns)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plain") / "votes.csv"


@given(st.lists(records, min_size=1, max_size=8), line_ends, st.sampled_from(["", "\ufeff"]), st.integers(0, 2))
@settings(max_examples=30, deadline=None)
def test_fields_of_any_text_are_read_alike(path: Path, votes: list[list[str]], end: str, mark: str, blank_lines: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(mark + HEADER + end)
        for vote in votes:
            csv.writer(file, lineterminator=end).writerow(vote)
            file.write(end * blank_lines)
    plain = parse_plain(path, VOTES)
    assert plain or any("\r" in field for vote in votes for field in vote)
    assert plain is None or told(plain) == exactly(path)


@given(st.lists(st.sampled_from([LINE, *'a,"\n\r ', "\r\n", HEADER, "\0", ""]), max_size=12), st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_file_of_any_pieces_is_read_alike_or_left_to_the_exact_parser(path: Path, pieces: list[str], headed: bool) -> None:
    path.write_bytes((f"{HEADER}\n{LINE}\n" * headed + "".join(pieces)).encode())
    plain = parse_plain(path, VOTES)
    assert plain is None or told(plain) == exactly(path)


@given(st.binary(max_size=12), st.integers(0, len(LINE)))
@settings(max_examples=30, deadline=None)
def test_a_file_of_any_bytes_is_read_alike_or_left_to_the_exact_parser(path: Path, odd: bytes, place: int) -> None:
    line = LINE.encode()
    path.write_bytes(HEADER.encode() + b"\n" + line[:place] + odd + line[place:] + b"\n")
    plain = parse_plain(path, VOTES)
    assert plain is None or told(plain) == exactly(path)


def test_a_field_longer_than_the_csv_module_takes_is_left_to_it(path: Path) -> None:
    path.write_text(f"{HEADER}\n{LINE.replace('a red', 'a' * 140_000)}\n", encoding="utf-8")
    assert parse_plain(path, VOTES) is None


def test_a_file_of_several_blocks_is_read_alike(path: Path) -> None:
    prompts = [f'"a ""circle"", number\n{number}{" and more" * 20}"' for number in range(20_000)]
    path.write_text("\n".join([HEADER, *(LINE.replace(GOOD_VOTE["prompt"], prompt) for prompt in prompts)]), encoding="utf-8")
    plain = parse_plain(path, VOTES)
    assert plain
    assert told(plain) == exactly(path)
