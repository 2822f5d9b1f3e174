"""SHA256SUMS: a digest and a path a line, as `sha256sum -c` reads them."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import IO

BLOCK = 1 << 20  # bytes read at a time
LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


class BadChecksums(ValueError):
    """A list of checksums with a line that is none."""


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """What a file holds, a block at a time."""
    while block := file.read(BLOCK):
        yield block


def digest_of(file: IO[bytes]) -> str:
    """The SHA-256 of what a file holds, which may be larger than memory."""
    digest = hashlib.sha256()
    for block in blocks(file):
        digest.update(block)
    return digest.hexdigest()


def sums_text(digests: Mapping[str, str]) -> str:
    """The list of these digests by path, sorted by path."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))


def parsed_sums(text: str) -> dict[str, str]:
    """The digests by path. Raises BadChecksums for a line that is not a digest and a path, or a path that is there twice."""
    digests: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        match = LINE.fullmatch(line)
        if match is None or match[2] in digests:
            raise BadChecksums(f"line {number} is not a digest and a path of its own")
        digests[match[2]] = match[1]
    return digests
