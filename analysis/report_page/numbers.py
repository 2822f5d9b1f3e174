"""Numbers as the report prints them; a dash where they are undefined."""

from collections.abc import Sequence

from analysis.report_page.markup import NOTHING, Number

LEAST_P = 0.001
PERCENT = "\N{NO-BREAK SPACE}%"


def percent(value: float | None) -> Number:
    """Of a value in per cent: 47.08 %."""
    return NOTHING if value is None else Number(f"{value:.2f}{PERCENT}")


def points(value: float | None) -> Number:
    """Of a difference: −10.02, +3.50."""
    return NOTHING if value is None else Number(f"{value:+.2f}".replace("-", "−"))


def decimal(value: float | None, digits: int = 3) -> Number:
    return NOTHING if value is None else Number(f"{value:.{digits}f}".replace("-", "−"))


def whole(value: int) -> Number:
    return Number(f"{value:,}")


def p_value(value: float | None) -> Number:
    if value is None:
        return NOTHING
    return Number(f"< {LEAST_P}") if value < LEAST_P else Number(f"{value:.3f}")


def interval(low: Number, high: Number) -> Number:
    """Of two ends as they are printed; open where there is no upper one."""
    if low == NOTHING:
        return NOTHING
    return Number(f"from {low}" if high == NOTHING else f"{low.removesuffix(PERCENT)} to {high}")


def counted(number: int, noun: str) -> str:
    """1 vote, 2,000 votes."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """a, b and c."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
