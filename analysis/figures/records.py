"""Won, tied and lost: how each condition fared against those it was shown with, where not all are always shown."""

from matplotlib.figure import Figure

from analysis.figures.palette import LOST, TIE, WON
from analysis.figures.panels import Row, panels
from analysis.figures.stacks import Part, draw_nothing, draw_stack, from_0_to_100, keys
from analysis.inference import ShareInterval
from analysis.report import StudyReport

NAME, TITLE = "records", "Won, tied and lost"
ALT = "Stacked bars: of the votes on comparisons that showed a condition, the parts that it won, tied and lost."


def draw(report: StudyReport) -> Figure | None:
    """None where no vote counts, or all conditions are always shown: their shares say it all (see shares.py)."""
    if not report.facts.votes or report.table.shows_all_always:
        return None
    cells = [(prompt_set, condition) for prompt_set in report.prompt_sets for condition in (None, *report.conditions)]
    rows = [Row(condition or prompt_set, heading=condition is None) for prompt_set, condition in cells]
    legend = keys([("won", WON), ("no clear winner", TIE), ("lost", LOST)])
    figure, axes = panels(report.criteria, rows, legend, report.table.notes)
    shares = {(share.prompt_set, share.criterion, share.method): share for share in report.shares}
    for criterion, panel in zip(report.criteria, axes, strict=True):
        for row, (prompt_set, condition) in enumerate(cells):
            if condition is None:
                continue
            record = record_of(shares[prompt_set, criterion, condition])
            if record is None:
                draw_nothing(panel, row)
                continue
            won, tied, lost = record
            draw_stack(panel, row, [Part(won, WON), Part(tied, TIE), Part(lost, LOST)])
        from_0_to_100(panel, "votes on comparisons that showed it, %")
    return figure


def record_of(share: ShareInterval) -> tuple[float, float, float] | None:
    """Won, tied and lost, in per cent of the votes on comparisons that showed the condition; None where there are none."""
    if share.percent is None:
        return None
    tied = 100 * share.ties / share.total
    return share.percent, tied, 100 * (share.total - share.ties - share.votes) / share.total
