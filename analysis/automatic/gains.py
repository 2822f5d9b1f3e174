"""How much greater a condition's value is than another's, as Table 7 of Desai & Vasconcelos (ECCV 2024) prints it."""


def relative_gain(value: float, baseline: float) -> float | None:
    """In per cent of the baseline's size; None over a baseline of 0."""
    return 100 * (value - baseline) / abs(baseline) if baseline else None


def with_gain(value: float, gain: float | None, digits: int = 3) -> str:
    """The value with its relative gain, as from `relative_gain`: "0.274 (+3.01%)"; without one the value alone."""
    printed = f"{value:.{digits}f}" if gain is None else f"{value:.{digits}f} ({gain:+.2f}%)"
    return printed.replace("-", "−")
