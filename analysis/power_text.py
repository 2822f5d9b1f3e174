"""A power report as Markdown: what was assumed, what the planned study sees, what is needed, and the numbers of the curve."""

from collections.abc import Iterable, Iterator, Sequence

from analysis.power import Assumptions, Split
from analysis.power_report import Needed, Point, PowerReport, Smallest

NOT_SIMULATED = "–"


def power_text(report: PowerReport, assumed: Assumptions, source: str) -> str:
    """source: where the assumptions come from, a sentence."""
    return "\n".join([*_assumptions(report, assumed, source), "", *_planned(report), "", *_needed(report), "", *_curve(report)])


def _assumptions(report: PowerReport, assumed: Assumptions, source: str) -> Iterator[str]:
    split, correlations, tests = assumed.split, assumed.correlations, assumed.tests
    family = f"Holm over {tests} tests, of which the others find nothing" if tests > 1 else "one test"
    yield "# Power"
    yield ""
    yield source
    yield ""
    yield f"- Split: {_split(split)}; a difference of {report.difference:.1f} points."
    yield f"- Two votes on a comparison correlate by {correlations.comparison:.3f}, a worker's by {correlations.worker:.3f}."
    yield f"- Two-way clustered t test of the difference at {100 * assumed.level:g} %, two-sided; {family}."


def _split(split: Split) -> str:
    first, second, rest = 100 * split.first, 100 * split.second, 100 * (1 - split.decided)
    return f"{first:.1f} % for a, {second:.1f} % for b, {abs(rest):.1f} % for no clear winner or others"


def _planned(report: PowerReport) -> Iterator[str]:
    planned = report.planned
    yield "## The planned study"
    yield ""
    yield (
        f"{planned.comparisons} comparisons × {planned.votes} votes by {planned.workers} workers, design effect "
        f"{planned.design_effect:.2f}: power {planned.power:.2f}, {_simulated(planned)}."
    )
    if report.false_alarms is not None:
        yield f"Where there is no difference, {100 * report.false_alarms:.1f} % of the simulated studies find one."
    yield from (_smallest(each) for each in report.smallest)


def _simulated(point: Point) -> str:
    if point.simulated_power is None:
        return "too large to be simulated"
    return f"{point.simulated_power:.2f} in {point.simulations} simulated studies"


def _smallest(smallest: Smallest) -> str:
    if smallest.points is None:
        return f"It sees no difference with power {smallest.wanted:g}: even the greatest possible one is missed too often."
    found = "" if smallest.simulated_power is None else f" (simulated: {smallest.simulated_power:.2f})"
    return f"The smallest difference that it sees with power {smallest.wanted:g}: {smallest.points:.1f} points{found}."


def _needed(report: PowerReport) -> Iterator[str]:
    yield f"## Needed to see {report.difference:.1f} points"
    yield ""
    rows = [("comparisons", each) for each in report.comparisons_needed] + [("votes", each) for each in report.votes_needed]
    heads = ("more", "power", "in closed form", "comparisons", "votes on each", "workers", "simulated power")
    yield from _table(heads, (_needed_row(what, each) for what, each in rows))


def _needed_row(what: str, needed: Needed) -> Sequence[str]:
    if needed.study is None:
        return (what, f"{needed.wanted:g}", "no number is enough", *[NOT_SIMULATED] * 4)
    study = needed.study
    sizes = (study.comparisons, study.votes, study.workers)
    return (what, f"{needed.wanted:g}", str(needed.approximate), *map(str, sizes), _share(study.simulated_power))


def _curve(report: PowerReport) -> Iterator[str]:
    yield f"## Power by comparisons, {report.planned.votes} votes on each"
    yield ""
    heads = (
        "comparisons",
        "workers",
        f"power for {report.difference:.1f} points",
        "simulated",
        "smallest difference (power .8)",
    )
    yield from _table(heads, map(_curve_row, report.curve))


def _curve_row(point: Point) -> Sequence[str]:
    smallest = "none" if point.smallest is None else f"{point.smallest:.1f}"
    return (str(point.comparisons), str(point.workers), _share(point.power), _share(point.simulated_power), smallest)


def _share(share: float | None) -> str:
    return NOT_SIMULATED if share is None else f"{share:.2f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + " ---: |" * len(heads)
    yield from (f"| {' | '.join(row)} |" for row in rows)
