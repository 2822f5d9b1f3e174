import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from analysis.bundle import archive
from analysis.bundle.archive import UnreadableBundle, opened


def _zip(path: Path, *files: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, content in files:
            made.writestr(name, content)
    return path


def _refusal(path: Path) -> str:
    with pytest.raises(UnreadableBundle) as refused, opened(path):
        pass
    return str(refused.value)


def test_a_file_of_the_archive_is_copied_under_its_own_name(tmp_path: Path) -> None:
    with opened(_zip(tmp_path / "one.zip", ("a/votes.csv", b"votes"), ("a/", b""))) as found:
        assert list(found.entries) == ["a/votes.csv"]
        assert found.copy("a/votes.csv", tmp_path).read_bytes() == b"votes"
        with pytest.raises(UnreadableBundle, match=r"There is no checks\.csv"):
            found.copy("checks.csv", tmp_path)


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.zip").write_text("votes")
    assert "is not a ZIP file" in _refusal(tmp_path / "one.zip")


@pytest.mark.parametrize(
    "name", ["../votes.csv", "/votes.csv", "a/../../votes.csv", "a\\..\\votes.csv", "C:/votes.csv", "a//b"]
)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    assert "would lead out of its folder" in _refusal(_zip(tmp_path / "one.zip", (name, b"votes")))


def test_a_file_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    assert "is in it twice" in _refusal(_zip(tmp_path / "one.zip", ("votes.csv", b"1"), ("votes.csv", b"2")))


def test_a_zip_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "one.zip", ("votes.csv", b""))
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 0xFFFF_FFF0)  # the size that the directory states
    path.write_bytes(content)
    assert "its 116 bytes would become 4294967280" in _refusal(path)


def test_a_file_too_large_to_unpack_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_COPY", 4)
    path = _zip(tmp_path / "one.zip", ("votes.csv", b"votes"))
    with opened(path) as found, pytest.raises(UnreadableBundle, match="too large: 5 bytes"):
        found.copy("votes.csv", tmp_path)


def test_content_that_was_damaged_has_no_digest(tmp_path: Path) -> None:
    path = _zip(tmp_path / "one.zip", ("a.png", b"pixels"))
    path.write_bytes(path.read_bytes().replace(b"pixels", b"pixelS"))
    with opened(path) as found:
        assert found.digest("a.png") is None
        with pytest.raises(UnreadableBundle, match=r"a\.png in it cannot be unpacked"):
            found.copy("a.png", tmp_path)


def test_an_unusual_compression_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "one.zip", "w", zipfile.ZIP_LZMA) as made:
        made.writestr("votes.csv", b"votes")
    assert "compressed in an unusual way" in _refusal(tmp_path / "one.zip")
