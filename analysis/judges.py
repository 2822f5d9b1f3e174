"""What a single value of a votes file must be. A judge says what is wrong with it, or None; it sees no blank values."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime

NO_CLEAR_WINNER = "no clear winner"  # as a vote says it
NO_CLEAR_WINNER_ROW = "No Clear Winner"  # as a table does
FEWEST_SHOWN, MOST_SHOWN = 2, 4
REPEAT = "repeat"
KINDS = ("gold", REPEAT, "attention", "practice")  # of checks
TRUTH = {"1": True, "true": True, "0": False, "false": False}

SEED = re.compile(r"0|-?[1-9][0-9]{0,18}")
NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Judge = Callable[..., str | None]


def moment(text: str) -> datetime:
    """An ISO 8601 date or time, in UTC; one without an offset is in UTC already. Raises ValueError, OverflowError."""
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is UTC:
        return parsed
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def any_text(_: str) -> None:
    """Nothing can be wrong with it."""


def one_line(text: str) -> str | None:
    """Names are printed and grouped by: a stray blank would make two rows of one."""
    if CONTROL.search(text) or text != text.strip():
        return f"“{text}” must be one line with no blank before or after it"
    return None


def seed(text: str) -> str | None:
    """Written in one way only, so that the same seed is the same text."""
    if SEED.fullmatch(text) and -(2**63) <= int(text) < 2**63:
        return None
    return f"“{text}” is not an integer of at most 64 bits, written like 42"


def condition_names(text: str) -> str | None:
    """Names joined by “|”, each once."""
    names = text.split("|")
    if not all(names):
        return f"“{text}” has an empty name"
    if len(set(names)) < len(names):
        return f"“{text}” names a condition twice"
    if NO_CLEAR_WINNER in (name.strip().lower() for name in names):
        return f"“{text}” names “{NO_CLEAR_WINNER}”, which is a choice and no condition"
    return next((verdict for verdict in map(one_line, names) if verdict), None)


def shown(text: str) -> str | None:
    """The conditions of one trial, Image 1 first."""
    number = len(text.split("|"))
    if not FEWEST_SHOWN <= number <= MOST_SHOWN:
        return f"“{text}” names {number} of the {FEWEST_SHOWN} to {MOST_SHOWN} conditions that “|” joins"
    return condition_names(text)


def choice(shown_names: str, text: str) -> str | None:
    """One of the names shown, or the tie."""
    if text == NO_CLEAR_WINNER or text in shown_names.split("|"):
        return None
    return f"“{text}” is neither one of the shown “{shown_names}” nor “{NO_CLEAR_WINNER}”"


def rows(shown_names: str, text: str) -> str | None:
    """The study's conditions in the order of the table's rows hold all that was shown."""
    if set(shown_names.split("|")) <= set(text.split("|")):
        return None
    return f"“{text}” lacks a name of the shown “{shown_names}”"


def answered_at(text: str) -> str | None:
    """A date and time, between the years 1 and 9999 in UTC too."""
    try:
        moment(text)
    except (ValueError, OverflowError):
        return f"“{text}” is not ISO 8601, like 2024-05-01T10:30:00Z"
    return None


def seconds(text: str) -> str | None:
    """A duration."""
    if NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return None
    return f"“{text}” is not a number from 0, like 12.5"


def rehearsal(text: str) -> str | None:
    """True of synthetic voters."""
    return None if text.lower() in TRUTH else f"“{text}” is neither 1 or true nor 0 or false"


def unscreened(text: str) -> str | None:
    """Words to be repeated under the table; line breaks in them are blanks."""
    return "holds control characters" if CONTROL.search(" ".join(text.split())) else None


NO_REASONS = ("nan", "none", "null", "na", "n/a", "no", "yes")  # what programs write for nothing, and people for a mark


def excluded(text: str) -> str | None:
    """Words to be repeated under the table. Votes that count have none, and so are not marked by a 0 either."""
    if text.strip().lower() in {*TRUTH, *NO_REASONS}:
        return f"“{text}” is no reason; write why the vote does not count, and leave it empty where the vote counts"
    return unscreened(text)


def kind(text: str) -> str | None:
    """What a check was."""
    return None if text in KINDS else f"“{text}” is none of {', '.join(KINDS)}"


def repeats(kind_of_check: str, text: str) -> str | None:
    """Only a repeat shows another trial again."""
    if kind_of_check == REPEAT or kind_of_check not in KINDS:
        return None
    return f"“{text}” is filled in, but only a {REPEAT} repeats a trial; leave it empty for {kind_of_check}"


# The last column of each is judged, next to the others.
JUDGES: dict[tuple[str, ...], Judge] = {
    ("study",): one_line,
    ("prompt_set",): one_line,
    ("prompt",): any_text,
    ("seed",): seed,
    ("worker",): one_line,
    ("criterion",): one_line,
    ("shown",): shown,
    ("choice",): any_text,
    ("shown", "choice"): choice,
    ("answered_at",): answered_at,
    ("seconds",): seconds,
    ("trial",): any_text,
    ("rehearsal",): rehearsal,
    ("unscreened",): unscreened,
    ("excluded",): excluded,
    ("conditions",): condition_names,
    ("shown", "conditions"): rows,
    ("subset",): one_line,
    ("session",): one_line,
    ("channel",): one_line,
    ("shown", "gold"): choice,
    ("shown", "expected"): choice,
    ("kind",): kind,
    ("kind", "repeats"): repeats,
}
MAY_BE_BLANK = ("unscreened", "conditions", "excluded", "subset", "session", "channel", "gold", "expected", "repeats")
