"""Folders that a user brings: which files are missing there, and what is wrong with one."""

from collections.abc import Sequence
from pathlib import Path


class BadFile(ValueError):
    """A file of a data set that holds something else than it should."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(f"{path} {fault}; get it again.")


def require(folder: Path, names: Sequence[str], what: str, where: str) -> None:
    """Raise FileNotFoundError that says what to get, unless the folder has files of all these names."""
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{folder} lacks {', '.join(missing)} of {what}: get the files from {where}, and put them there."
        )
