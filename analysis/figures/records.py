"""Won, tied and lost: how each condition fared against those it was shown with, where not all are always shown."""

from collections import defaultdict

import numpy as np
from matplotlib.figure import Figure

from analysis.figures.palette import LOST, TIE, WON
from analysis.figures.panels import Row, panels
from analysis.figures.stacks import Part, draw_nothing, draw_stack, from_0_to_100, keys
from analysis.report import StudyReport
from analysis.study_votes import FloatArray

NAME, TITLE = "records", "Won, tied and lost"
ALT = "Bars: for each prompt set, condition and criterion, what part of the votes it won, tied and lost where it was shown."
PAIR = 2


def draw(report: StudyReport) -> Figure | None:
    """None where no vote counts, or all conditions are always shown: their shares say it all (see shares.py)."""
    if not report.facts.votes or report.table.shows_all_always:
        return None
    cells = [(prompt_set, condition) for prompt_set in report.prompt_sets for condition in (None, *report.conditions)]
    rows = [Row(condition or prompt_set, heading=condition is None) for prompt_set, condition in cells]
    results = (("won", WON), ("no clear winner", TIE), ("lost", LOST))[: None if _shows_pairs(report) else 1]
    legend = keys(results)
    figure, axes = panels(report.criteria, rows, legend, report.table.notes)
    records = _records(report)
    for criterion, panel in zip(report.criteria, axes, strict=True):
        for row, (prompt_set, condition) in enumerate(cells):
            if condition is None:
                continue
            record = records[prompt_set, criterion, condition]
            if not record:
                draw_nothing(panel, row)
                continue
            draw_stack(panel, row, [Part(part, fill) for part, (_, fill) in zip(record, results, strict=True)])
        from_0_to_100(panel, "votes where it was shown, %")
    return figure


def _shows_pairs(report: StudyReport) -> bool:
    return max((each.position for each in report.position), default=PAIR) == PAIR


def _records(report: StudyReport) -> dict[tuple[str, str, str], list[float]]:
    """Per cent of the votes where a condition was shown that it won, tied and lost, by prompt set, criterion and condition.

    Of votes on more than two, only what it won: another condition may have won what it lost. Empty where there are no votes.
    """
    if not _shows_pairs(report):
        won = {(each.prompt_set, each.criterion, each.method): each.percent for each in report.shares}
        return defaultdict(list, {place: [percent] for place, percent in won.items() if percent is not None})
    counts: dict[tuple[str, str, str], FloatArray] = defaultdict(lambda: np.zeros(3))
    for duel in report.duels:
        first, second = duel.pair
        counts[duel.prompt_set, duel.criterion, first] += (duel.wins, duel.ties, duel.losses)
        counts[duel.prompt_set, duel.criterion, second] += (duel.losses, duel.ties, duel.wins)
    return defaultdict(list, {place: (100 * each / each.sum()).tolist() for place, each in counts.items() if each.any()})
