"""A paragraph for the paper: how the votes came and how the numbers were made of them, with the numbers filled in."""

from collections.abc import Iterator, Mapping

from analysis.clustering import ENOUGH_CLUSTERS
from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, joined, paragraph
from analysis.report_page.numbers import LEAST_P, counted, decimal, interval, listed, p_value

TITLE = "Methods, to paste into a paper"
PAIR = 2
SYNTHETIC = (
    "The votes are synthetic: they were made by a program to rehearse the study, not by people, and say nothing about the "
    "conditions."
)
NOTHING = "No vote counts, so nothing was computed."


def part(report: StudyReport, _pictures: Pictures) -> Html:
    return joined([paragraph(methods(report), "methods")])


def methods(report: StudyReport) -> str:
    """The paragraph as plain text."""
    return " ".join(_sentences(report))


def _sentences(report: StudyReport) -> Iterator[str]:
    if report.facts.rehearsal:
        yield SYNTHETIC
    if not report.facts.votes:
        yield NOTHING
        yield from _exclusions(report)
        return
    for sentences in (_collection, _exclusions, _shares, _tests, _bootstrap, _agreement, _channels, _positions):
        yield from sentences(report)


def _collection(report: StudyReport) -> Iterator[str]:
    of = report.facts
    who = counted(of.workers, "synthetic voter" if of.rehearsal else "worker")
    days = listed(tuple(dict.fromkeys(str(moment)[:10] for moment in (of.first_vote, of.last_vote))))
    when = f"between {days}" if " and " in days else f"on {days}"
    yield f"{who} gave {counted(of.votes, 'vote')} in {counted(of.trials, 'trial')}, {when}."
    yield (
        f"A comparison showed images of one prompt and seed by {_shown(report)}; "
        f"on {listed(report.criteria)} a vote went to one of them or to no clear winner."
    )
    on = f"{counted(of.comparisons, 'comparison')} ({counted(of.prompts, 'prompt')}; {_sets(report)})"
    if of.votes_per_comparison:
        fewest, mean, most = of.votes_per_comparison
        each = counted(most, "vote") if fewest == most else f"{fewest:,} to {most:,} votes"
        average = "" if fewest == most else f" (mean {mean:.1f})"
        yield f"There {'was' if of.comparisons == 1 else 'were'} {on}, with {each} each on a criterion{average}."


def _shown(report: StudyReport) -> str:
    number, most, names = len(report.conditions), report.most_shown, listed(report.conditions)
    if report.table.shows_all_always and most == number:
        return f"both conditions ({names})" if number == PAIR else f"all {number} conditions ({names})"
    return f"{'' if most == PAIR else 'up to '}{most} of the {number} conditions ({names})"


def _sets(report: StudyReport) -> str:
    return f"{'prompt set' if len(report.prompt_sets) == 1 else 'prompt sets'} {listed(report.prompt_sets)}"


def _span(fewest: int, most: int) -> str:
    return f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"


def _exclusions(report: StudyReport) -> Iterator[str]:
    of = report.facts
    if not report.excluded:
        yield "No vote was excluded."
        return
    reasons = listed(
        [f"{each.reason}: {counted(each.votes, 'vote')} of {counted(each.workers, 'worker')}" for each in report.excluded]
    )
    yield f"Excluded before the analysis: {of.all_votes - of.votes:,} of {counted(of.all_votes, 'vote')} ({reasons})."


def _shares(report: StudyReport) -> Iterator[str]:
    where = "all votes" if report.table.shows_all_always else "the votes on comparisons that showed it"
    yield f"The share of a condition is that of {where}; votes for no clear winner count in the total."
    yield (
        "Votes of one worker, and votes on one prompt and seed, are not independent; therefore variances are cluster-robust in "
        "both ways (Cameron, Gelbach & Miller, 2011) and never below that of independent votes, and 95 % intervals are by "
        f"Student’s t with one degree of freedom less than there are prompts and seeds or workers, whichever are fewer"
        f"{_freedom(report)}."
    )
    few = sum(bool(each.warning) for each in report.differences)
    if few:
        yield (
            f"From fewer than {ENOUGH_CLUSTERS} of either: {few:,} of {counted(len(report.differences), 'difference')}, whose "
            "intervals may be too narrow; there are none where there is only one."
        )


def _freedom(report: StudyReport) -> str:
    """Of the intervals that there are."""
    degrees = [min(each.comparisons, each.workers) - 1 for each in report.differences if each.low is not None]
    return f" ({_span(min(degrees), max(degrees))})" if degrees else ""


def _tests(report: StudyReport) -> Iterator[str]:
    tests = sum(each.p_adjusted is not None for each in report.differences)
    if tests:
        yield (
            f"Differences between conditions were tested in the same way, and p-values adjusted by Holm’s method (1979) over "
            f"{counted(tests, 'test')} (condition pairs × criteria × prompt sets)."
        )


def _bootstrap(report: StudyReport) -> Iterator[str]:
    more = "" if report.most_shown == PAIR else " and its extension to more conditions"
    ties = [f"{each.criterion}: {decimal(each.value, 2)}" for each in report.ranking.tie_parameters if each.value is not None]
    parameter = f" (tie parameter ν, {listed(ties)})" if ties else ""
    yield (
        f"Worths are by Davidson’s (1970) model of paired comparisons with ties{more}{parameter}, beside models with ties "
        "counted half and with ties dropped."
    )
    yield (
        f"Intervals of worths and of ratios are percentiles of {counted(report.resamples, 'resample')} of the pigeonhole "
        f"bootstrap (Owen, 2007), which draws comparisons and workers anew (seed {report.seed})."
    )


def _agreement(report: StudyReport) -> Iterator[str]:
    told = [each for each in report.agreement if each.prompt_set is None and each.alpha is not None]
    if told:
        alphas = [f"{decimal(each.alpha)}{_within(each.low, each.high)} for {each.criterion}" for each in told]
        yield (
            f"Agreement of workers (Krippendorff’s nominal α, 95 % interval from {counted(told[0].resamples, 'resample')} of "
            f"comparisons) was {listed(alphas)}."
        )


def _within(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" [{interval(decimal(low), decimal(high))}]"


def _channels(report: StudyReport) -> Iterator[str]:
    tested = [each for each in report.channels.tests if each.p_adjusted is not None]
    if tested:
        channels = listed(sorted({name for each in tested for name in each.channels}))
        p_values = {each.criterion: each.p_adjusted for each in tested}
        yield (
            f"Whether workers of different channels ({channels}) choose alike on the same comparisons was tested by "
            f"{counted(tested[0].permutations, 'permutation')} of the workers’ channels (seed {report.seed}; squared "
            "deviations of each channel from all votes on its comparisons, studentised by variances clustered by worker), and "
            f"p-values adjusted by Holm’s method over criteria: {_each_p(p_values)}."
        )


def _each_p(of: Mapping[str, float | None]) -> str:
    """Of each criterion that has one."""
    p_values = {name: p for name, p in of.items() if p is not None}
    return listed([f"p {p_value(p) if p < LEAST_P else f'= {p_value(p)}'} for {name}" for name, p in p_values.items()])


def _positions(report: StudyReport) -> Iterator[str]:
    p_values = {each.criterion: each.p for each in report.position if each.p is not None}
    if p_values:
        yield f"Whether images were chosen for their position was tested with the same clusters: {_each_p(p_values)}."
