"""Lists of prompt–seed pairs as researchers write them: one a line, the seed, a blank, the prompt."""

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError

from generation.seeds import LARGEST_SEED


class ListedPair(NamedTuple):
    """A line of the list, counted from 1, and what it names."""

    line: int
    seed: int
    text: str


def parse_pairs(text: str) -> list[ListedPair]:
    """The pairs listed, blank lines left out. Raises ValidationError that names every faulty line."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    read = [(number, _pair(number, line)) for number, line in lines]
    if faulty := [number for number, pair in read if pair is None]:
        raise ValidationError([f"Line {number}: write a seed below 2^63, a blank and a prompt." for number in faulty])
    return [pair for _, pair in read if pair]


def _pair(number: int, line: str) -> ListedPair | None:
    """The pair on a line; None if there is none. 19 digits hold every seed, and Python reads no more than 4300."""
    match = re.fullmatch(r"([0-9]{1,19})\s+(\S.*)", line)
    if not match or int(match[1]) > LARGEST_SEED:
        return None
    return ListedPair(number, int(match[1]), match[2])


def validate_pairs(text: str) -> None:
    parse_pairs(text)
