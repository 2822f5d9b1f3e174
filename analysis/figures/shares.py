"""Stacked bars as papers print them: each condition's share of the votes, the ties hatched in their midst."""

from matplotlib.figure import Figure

from analysis.figures.palette import TIE, Fill, fill
from analysis.figures.panels import Row, panels
from analysis.figures.stacks import Part, draw_nothing, draw_stack, from_0_to_100, keys
from analysis.judges import NO_CLEAR_WINNER_ROW
from analysis.report import StudyReport

NAME, TITLE = "shares", "Shares of votes"
ALT = "Stacked bars: for each prompt set and criterion, the shares of the votes for each condition and for no clear winner."


def draw(report: StudyReport) -> Figure | None:
    """None where no vote counts, or comparisons showed different conditions: such shares do not add up (see records.py)."""
    if not report.facts.votes or not report.table.shows_all_always:
        return None
    options = _options(report.conditions)
    rows = [Row(prompt_set) for prompt_set in report.prompt_sets]
    figure, axes = panels(report.criteria, rows, keys(options), report.table.notes, row=0.28)
    percent = {(share.prompt_set, share.criterion, share.method): share.percent for share in report.shares}
    for criterion, panel in zip(report.criteria, axes, strict=True):
        for row, prompt_set in enumerate(report.prompt_sets):
            shares = [(percent.get((prompt_set, criterion, name)), fill) for name, fill in options]
            parts = [Part(share, fill) for share, fill in shares if share is not None]
            draw_stack(panel, row, parts)
            if not parts:
                draw_nothing(panel, row)
        from_0_to_100(panel, "share of votes, %")
    return figure


def _options(conditions: tuple[str, ...]) -> list[tuple[str, Fill]]:
    """From left to right: half of the conditions, no clear winner, the others."""
    options = [(name, fill(number)) for number, name in enumerate(conditions)]
    return [*options[: len(options) // 2], (NO_CLEAR_WINNER_ROW, TIE), *options[len(options) // 2 :]]
