"""How much better a condition is than another, as Table 7 of Desai & Vasconcelos (ECCV 2024) prints it."""


def relative_gain(value: float, baseline: float) -> float:
    """In per cent of the baseline. Raises ZeroDivisionError of a baseline of 0."""
    return 100 * (value - baseline) / baseline


def with_gain(value: float, baseline: float, digits: int = 3) -> str:
    """The value with its relative gain: "0.274 (+3.01%)". The gain is that of the unrounded values."""
    return f"{value:.{digits}f} ({relative_gain(value, baseline):+.2f}%)".replace("-", "−")
