from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from generation.storage.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(location=tmp_path / "images")


def test_what_is_put_replaces_what_was_there_and_comes_back_in_pieces(folder: Folder) -> None:
    folder.put("a/1.png", b"first")
    folder.put("a/1.png", b"x" * 200_000)
    stream = folder.stream("a/1.png")
    pieces = list(stream.chunks)
    assert (stream.length, b"".join(pieces)) == (200_000, b"x" * 200_000)
    assert len(pieces) == 4  # of 64 KiB


def test_a_file_that_cannot_be_put_leaves_nothing_beside_its_place(folder: Folder, tmp_path: Path) -> None:
    folder.put("1.png/in the way", b"whole")
    with pytest.raises(IsADirectoryError):
        folder.put("1.png", b"written aside, and not to be renamed")
    assert [path.name for path in (tmp_path / "images").iterdir()] == ["1.png"]


def test_saving_under_a_name_that_is_taken_takes_another(folder: Folder) -> None:
    names = [folder.save("1.png", ContentFile(content)) for content in (b"one", b"two")]
    assert len(set(names)) == 2
    assert [(Path(folder.location) / name).read_bytes() for name in names] == [b"one", b"two"]


def test_a_missing_file_is_not_found_before_anything_is_sent(folder: Folder) -> None:
    with pytest.raises(FileNotFoundError):
        folder.stream("none.png")
