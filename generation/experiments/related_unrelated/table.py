"""The study's numbers as a table in Markdown: Q as Table 4 has it, and what stands beside it."""

from collections.abc import Callable
from statistics import fmean

from generation.experiments.related_unrelated.results import OfPrompt, Results
from generation.experiments.related_unrelated.scores import LEVEL, Line

NONE = "–"
HEAD = ("prompt", "Q of NP", "Q of DNG", f"DNG − NP [{LEVEL} %]", "eq. 23: NP", "DNG", "changed alike", "orders of λ_t")


def table(results: Results) -> str:
    """A line for each prompt and the mean of all. Q is the mean of eq. 22 over the scales unless it says eq. 23.

    “changed alike”: DNG − NP by eq. 23 where both change images of the related negative alike. “orders of λ_t”: log₁₀ of λ_t
    of the related negative over that of the unrelated one, averaged over the steps.
    """
    lines = [HEAD, ("---",) * len(HEAD), *(_cells(prompt) for prompt in results.prompts), _means(results.prompts)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(prompt: OfPrompt) -> tuple[str, ...]:
    gain = prompt.difference
    return (
        prompt.name,
        f"{prompt.np.q:.3f}",
        f"{prompt.dng.q:.3f}",
        f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]",
        _number(_of_line(prompt.np)),
        _number(_of_line(prompt.dng)),
        _number(gain.alike, "+.3f"),
        f"{prompt.strengths.orders:.1f}",
    )


def _means(prompts: tuple[OfPrompt, ...]) -> tuple[str, ...]:
    """The means over the prompts; of those that have the number."""

    def mean(number: Callable[[OfPrompt], float | None]) -> float | None:
        there = [found for prompt in prompts if (found := number(prompt)) is not None]
        return fmean(there) if there else None

    return (
        "mean",
        _number(mean(lambda prompt: prompt.np.q)),
        _number(mean(lambda prompt: prompt.dng.q)),
        _number(mean(lambda prompt: prompt.difference.value), "+.3f"),
        _number(mean(lambda prompt: _of_line(prompt.np))),
        _number(mean(lambda prompt: _of_line(prompt.dng))),
        _number(mean(lambda prompt: prompt.difference.alike), "+.3f"),
        _number(mean(lambda prompt: prompt.strengths.orders), ".1f"),
    )


def _of_line(line: Line) -> float | None:
    return line.regression.value if line.regression else None


def _number(value: float | None, form: str = ".3f") -> str:
    return NONE if value is None else format(value, form)
