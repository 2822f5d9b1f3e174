"""The revision of a checkpoint on disk: a digest of its content, so that new weights under an old name are another revision."""

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

PREFIX, DIGITS = "sha256:", 40
INDEX = "model_index.json"
READ = {".json", ".safetensors", ".txt"}  # what is read of a part's folder


def digest_of(path: Path) -> str:
    """The digest, “sha256:” and 40 hexadecimal digits, of a folder in the format of diffusers or a single file of weights.

    Of a folder, the index and what can be read of the parts that it lists; where the folder lies says nothing. Of a file,
    its own content and, where it has one, its folder of configurations.
    """
    files = [("", path), *_files(configuration_of(path))] if path.is_file() else [*_files(path)]
    return _digest(tuple((name, file, file.stat().st_size, file.stat().st_mtime_ns) for name, file in files))


def configuration_of(file: Path) -> Path:
    """Where the configuration of a single file of weights is looked for: the folder beside it that has its name."""
    return file.with_suffix("")


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """What belongs to a checkpoint in a folder, by its name there; nothing if it has no index."""
    index = folder / INDEX
    if not index.is_file():
        return
    yield INDEX, index
    listed = json.loads(index.read_text())
    for part in sorted(name for name, value in listed.items() if isinstance(value, list)):
        for file in sorted((folder / part).rglob("*")):
            if file.suffix in READ and file.is_file():
                yield file.relative_to(folder).as_posix(), file


@lru_cache(maxsize=64)
def _digest(files: tuple[tuple[str, Path, int, int], ...]) -> str:
    """The digest of all contents under their names; sizes and times are there to read again what has changed since."""
    whole = hashlib.sha256()
    for name, path, _size, _time in files:
        with path.open("rb") as file:
            whole.update(json.dumps([name, hashlib.file_digest(file, "sha256").hexdigest()]).encode())
    return PREFIX + whole.hexdigest()[:DIGITS]
