import io
import subprocess
import zipfile
from pathlib import Path
from typing import IO

import pytest

from analysis.bundle.packing import Member, member_of, pack


def _member(name: str, content: bytes) -> Member:
    return Member(name, len(content), lambda: io.BytesIO(content))


def _unreadable() -> IO[bytes]:
    raise OSError("the disk is gone")


def test_the_same_members_make_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    members = [_member("b.csv", b"1,2"), _member("a/b.png", b"pixels"), _member("a.txt", b"text")]
    pack(members, tmp_path / "one.zip")
    pack(reversed(members), tmp_path / "other.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_sha256sum_finds_every_file_unchanged(tmp_path: Path) -> None:
    pack([_member("a/b.png", b"pixels"), _member("a.txt", b"text")], tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "unpacked", capture_output=True, text=True)
    assert checked.stdout.splitlines() == ["a.txt: OK", "a/b.png: OK"]


def test_a_file_on_disk_goes_in_under_its_path_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures/shares.svg").write_text("<svg/>")
    pack([member_of(tmp_path / "figures/shares.svg", tmp_path)], tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.read("figures/shares.svg") == b"<svg/>"


def test_nothing_is_left_of_a_bundle_that_fails(tmp_path: Path) -> None:
    (tmp_path / "one.zip").write_bytes(b"an earlier bundle")
    with pytest.raises(OSError, match="the disk is gone"):
        pack([_member("a.txt", b"text"), Member("b.txt", 4, _unreadable)], tmp_path / "one.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["one.zip"]
    assert (tmp_path / "one.zip").read_bytes() == b"an earlier bundle"


def test_images_are_stored_as_they_are_and_texts_are_compressed(tmp_path: Path) -> None:
    pack([_member("a.png", b"0" * 999), _member("a.csv", b"0" * 999)], tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.getinfo("a.png").compress_size == 999
        assert archive.getinfo("a.csv").compress_size < 100
