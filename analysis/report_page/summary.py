"""What the votes say, in a few sentences."""

from collections.abc import Iterator

from analysis.headline import Headline
from analysis.report import StudyReport
from analysis.report_page.markup import NOTHING, Html, Number, Pictures, items, joined, paragraph, strong
from analysis.report_page.numbers import counted, decimal, interval, listed, percent

TITLE = "Summary"
SIGNIFICANT = 0.05
PAIR = 2  # conditions shown together
NO_VOTE_COUNTS = "No vote of this study counts, so nothing can be said of its conditions."


def part(report: StudyReport, _pictures: Pictures) -> Html:
    notes = joined(strong(f"{note}.") for note in report.table.notes)
    if not report.facts.votes:
        return joined([notes, paragraph(NO_VOTE_COUNTS)])
    sentences = [*_headlines(report), *_tests(report), *_channels(report), *_warnings(report)]
    return joined([notes, paragraph(_opening(report)), items(sentences)])


def _opening(report: StudyReport) -> str:
    of = report.facts
    who = counted(of.workers, "synthetic voter" if of.rehearsal else "worker")
    on = f"{counted(of.comparisons, 'comparison')} of {listed(report.conditions)}"
    return f"{who} gave {counted(of.votes, 'vote')} on {on}. Intervals are 95 %."


def _headlines(report: StudyReport) -> Iterator[str]:
    """The leader of each criterion, that with the greatest worth, against each other condition."""
    for criterion in report.criteria:
        leader = _leader(report, criterion)
        for each in report.headlines:
            if each.criterion == criterion and each.pair[0] == leader and each.prompt_set is None and each.votes:
                yield _sentence(each, report.most_shown)


def _leader(report: StudyReport, criterion: str) -> str | None:
    worths = {
        each.condition: each.worth
        for each in report.ranking.worths
        if each.criterion == criterion and each.model == "davidson" and each.worth is not None
    }
    return max(worths, key=lambda condition: worths[condition], default=None)


def _sentence(each: Headline, most_shown: int) -> str:
    note = f" ({each.warning})" if each.warning else ""
    return f"On {each.criterion}, {_preferred(each)}{_matched(each, most_shown)}{note}."


def _preferred(each: Headline) -> str:
    first, second = each.pair
    if each.ratio is not None:
        ratio = _within(decimal(each.ratio_low, 2), decimal(each.ratio_high, 2))
        return f"{first} was preferred {each.ratio:.2f}× as often as {second}{ratio}"
    if not each.wins:
        return f"neither {first} nor {second} was preferred in any vote"
    return f"{first} was preferred in every vote for {first} or {second} ({each.wins:,})"


def _matched(each: Headline, most_shown: int) -> str:
    """Where a vote could go to the two alone: of more it would say less than it seems to."""
    if most_shown > PAIR or each.matches_or_beats is None:
        return ""
    share = _within(percent(each.matches_or_beats_low), percent(each.matches_or_beats_high))
    first, second = each.pair
    return f"; {first} matched or beat {second} in {percent(each.matches_or_beats)} of the votes{share}"


def _within(low: Number, high: Number) -> str:
    return "" if low == high == NOTHING else f" ({interval(low, high)})"


def _tests(report: StudyReport) -> Iterator[str]:
    tested = [each.p_adjusted for each in report.differences if each.p_adjusted is not None]
    if tested:
        significant = sum(p < SIGNIFICANT for p in tested)
        yield f"Significant (adjusted p < .05): {significant:,} of {counted(len(tested), 'difference')} between conditions."


def _channels(report: StudyReport) -> Iterator[str]:
    tested = [each for each in report.channels.tests if each.p_adjusted is not None]
    differ = [each.criterion for each in tested if (each.p_adjusted or 0) < SIGNIFICANT]
    if differ:
        yield f"Channels chose otherwise than each other on {listed(differ)} (adjusted p < .05); see Channels."
    elif tested:
        yield "No criterion shows that channels chose otherwise than each other (adjusted p < .05); see Channels."
    elif report.channels.shares:
        yield "Whether channels agree could not be tested; see Channels."


def _warnings(report: StudyReport) -> Iterator[str]:
    few = sum(bool(each.warning) for each in report.differences)
    if few:
        yield f"From few comparisons or workers: {few:,} of {counted(len(report.differences), 'difference')}."
    if report.influences:
        yield "The winner of a prompt set or criterion hangs on a single worker; see Workers."
    if report.excluded:
        yield f"Excluded: {report.facts.all_votes - report.facts.votes:,} of {counted(report.facts.all_votes, 'vote')}."
