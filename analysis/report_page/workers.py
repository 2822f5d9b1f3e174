"""How each worker voted, and whether one of them decides."""

from analysis.report import StudyReport
from analysis.report_page.markup import Html, Number, Pictures, items, joined, paragraph, table
from analysis.report_page.numbers import counted, decimal, percent, whole
from analysis.workers import WorkerMeasures

TITLE = "Workers"
MOST_WORKERS, MOST_SENTENCES = 50, 20
HEADS = (
    *("Worker", "Votes", "Trials", "Median seconds", "Agrees with others", "Reliability", "Gold right", "Repeats alike"),
    *("Attention passed", "Chose Image 1", "Most frequent position", "No clear winner", "Longest run", "Excluded"),
)
HOW_TO_READ = (
    "Reliability is the chance of the true answer by Dawid and Skene’s model. The most frequent position is of all votes; the "
    "longest run is of one position in a row. A dash: nothing can be said."
)
NOBODY_DECIDES = "No winner of a prompt set and criterion, or over all, changes when any one worker is left out."


def part(report: StudyReport, _pictures: Pictures) -> Html:
    most_votes = sorted(report.workers, key=lambda each: -each.votes)[:MOST_WORKERS]
    return joined(
        [
            *_left_out(report),
            table(f"The {counted(len(most_votes), 'worker')} with most votes", HEADS, map(_row, most_votes)),
            paragraph(HOW_TO_READ),
            *_influences(report),
        ]
    )


def _left_out(report: StudyReport) -> list[Html]:
    if len(report.workers) <= MOST_WORKERS:
        return []
    return [paragraph(f"Of {counted(len(report.workers), 'worker')}, {MOST_WORKERS} are here; report.json has all.")]


def _row(each: WorkerMeasures) -> tuple[str, ...]:
    return (
        *(each.worker, whole(each.votes), whole(each.trials), decimal(each.seconds, 1), percent(each.agrees)),
        *(percent(each.reliability), _checked(each.gold, each.gold_answers), _checked(each.repeats, each.repeat_answers)),
        *(_checked(each.attention, each.attention_answers), percent(each.first_position), percent(each.same_position)),
        *(percent(each.ties), whole(each.longest_run), each.excluded),
    )


def _checked(value: float | None, answers: int) -> Number:
    """The share of the answers to checks, with their number."""
    return percent(value) if value is None else Number(f"{percent(value)} of {answers:,}")


def _influences(report: StudyReport) -> list[Html]:
    if not report.influences:
        return [paragraph(NOBODY_DECIDES)]
    sentences = [each.sentence for each in report.influences]
    more = len(sentences) - MOST_SENTENCES
    return [
        paragraph(f"One worker decides: {counted(len(sentences), 'winner')} would change if a worker were left out."),
        items(sentences[:MOST_SENTENCES]),
        *([paragraph(f"{more:,} more are in report.json.")] if more > 0 else []),
    ]
