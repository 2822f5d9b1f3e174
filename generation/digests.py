"""The revision of a checkpoint on disk: a digest of its content, so that new weights under an old name are another revision."""

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

PREFIX, DIGITS = "sha256:", 40
INDEX = "model_index.json"
CONFIG = "config.json"
READ = {".json", ".safetensors", ".txt"}  # what is read of a part's folder
READ_OF_A_MODEL = READ | {".jinja", ".model"}  # tokenizers' files, which transformers reads beside them


def digest_of(path: Path) -> str:
    """The digest, “sha256:” and 40 hexadecimal digits, of a folder of diffusers, of one of transformers, or of a file.

    Of a folder of diffusers, the index and what can be read of the parts that it lists; of one of transformers, what can be
    read beside its config.json; where the folder lies says nothing. Of a file, its own content and, where it has one, its
    folder of configurations.
    """
    if path.is_file():
        return _digest_of([("", path), *_parts(configuration_of(path))])
    return _digest_of([*(_parts(path) if (path / INDEX).is_file() else _model(path))])


def _digest_of(files: list[tuple[str, Path]]) -> str:
    return _digest(tuple((name, file, file.stat().st_size, file.stat().st_mtime_ns) for name, file in files))


def configuration_of(file: Path) -> Path:
    """Where the configuration of a single file of weights is looked for: the folder beside it that has its name."""
    return file.with_suffix("")


def _parts(folder: Path) -> Iterator[tuple[str, Path]]:
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


def _model(folder: Path) -> Iterator[tuple[str, Path]]:
    """What belongs to a model in a folder of transformers, by its name there; nothing if it has no config.json."""
    if not (folder / CONFIG).is_file():
        return
    for file in sorted(folder.iterdir()):
        if file.suffix in READ_OF_A_MODEL and file.is_file():
            yield file.name, file


@lru_cache(maxsize=64)
def _digest(files: tuple[tuple[str, Path, int, int], ...]) -> str:
    """The digest of all contents under their names; sizes and times are there to read again what has changed since."""
    whole = hashlib.sha256()
    for name, path, _size, _time in files:
        with path.open("rb") as file:
            whole.update(json.dumps([name, hashlib.file_digest(file, "sha256").hexdigest()]).encode())
    return PREFIX + whole.hexdigest()[:DIGITS]
