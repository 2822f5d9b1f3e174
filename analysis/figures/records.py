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
ALT = "Stacked bars: for each prompt set, condition and criterion, the parts of its meetings with others won, tied and lost."


def draw(report: StudyReport) -> Figure | None:
    """None where no vote counts, or all conditions are always shown: their shares say it all (see shares.py)."""
    if not report.facts.votes or report.table.shows_all_always:
        return None
    cells = [(prompt_set, condition) for prompt_set in report.prompt_sets for condition in (None, *report.conditions)]
    rows = [Row(condition or prompt_set, heading=condition is None) for prompt_set, condition in cells]
    legend = keys([("won", WON), ("no clear winner", TIE), ("lost", LOST)])
    figure, axes = panels(report.criteria, rows, legend, report.table.notes)
    records = _records(report)
    for criterion, panel in zip(report.criteria, axes, strict=True):
        for row, (prompt_set, condition) in enumerate(cells):
            if condition is None:
                continue
            record = records[prompt_set, criterion, condition]
            if not record.any():
                draw_nothing(panel, row)
                continue
            won, tied, lost = (100 * record / record.sum()).tolist()
            draw_stack(panel, row, [Part(won, WON), Part(tied, TIE), Part(lost, LOST)])
        from_0_to_100(panel, "votes where it met another, %")
    return figure


def _records(report: StudyReport) -> dict[tuple[str, str, str], FloatArray]:
    """Votes won, tied and lost, by prompt set, criterion and condition, shape (3,)."""
    records: dict[tuple[str, str, str], FloatArray] = defaultdict(lambda: np.zeros(3))
    for duel in report.duels:
        first, second = duel.pair
        records[duel.prompt_set, duel.criterion, first] += (duel.wins, duel.ties, duel.losses)
        records[duel.prompt_set, duel.criterion, second] += (duel.losses, duel.ties, duel.wins)
    return records
