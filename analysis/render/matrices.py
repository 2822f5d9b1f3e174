"""Duels as matrices: per criterion and prompt set, each condition in a row against each in a column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.duels import Duel
from analysis.render.style import NOTHING
from analysis.render.wording import heading
from analysis.tables import Table


@dataclass(frozen=True)
class StudyDuels:
    """A study's table, for what it says of the votes, its conditions in order, and its duels."""

    table: Table
    conditions: tuple[str, ...]
    duels: tuple[Duel, ...]


@dataclass(frozen=True)
class Matrix:
    """The duels on one criterion: a column for each condition, and in the block of each prompt set a row for those it shows.

    blocks: the prompt set, and the condition of each row with the texts of its cells.
    """

    study: str
    criterion: str
    explanation: str
    notes: tuple[str, ...]
    conditions: tuple[str, ...]
    blocks: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]

    @property
    def title(self) -> str:
        return f"{self.study}: {heading(self.criterion)}"

    @property
    def caption(self) -> str:
        """The notes and the explanation, as a table's."""
        return " ".join([*(f"{note}." for note in self.notes), self.explanation])


def matrices(studies: Sequence[StudyDuels]) -> Iterator[Matrix]:
    """One for each criterion of each study."""
    for study in studies:
        cells, shown = _cells(study.duels), _shown(study)
        conditions = tuple(name for name in study.conditions if any(name in names for names in shown.values()))
        for criterion in study.table.criteria:
            yield Matrix(
                study=study.table.study,
                criterion=criterion,
                explanation=_explanation(study.table, criterion),
                notes=study.table.notes,
                conditions=conditions,
                blocks=tuple(
                    (name, tuple((first, _row(cells, name, criterion, first, conditions)) for first in names))
                    for name, names in shown.items()
                ),
            )


def _shown(study: StudyDuels) -> dict[str, list[str]]:
    """The conditions that each prompt set shows, as its rows of the table have them."""
    rows = {block.prompt_set: {row.method for row in block.rows} for block in study.table.blocks}
    prompt_sets = dict.fromkeys(duel.prompt_set for duel in study.duels)
    return {name: [condition for condition in study.conditions if condition in rows[name]] for name in prompt_sets}


Cells = dict[tuple[str, str, str, str], str]  # by prompt set, criterion, condition of the row and of the column


def _cells(duels: Sequence[Duel]) -> Cells:
    """Of those who met in the prompt set: who only meet in another have no votes here."""
    cells = {}
    for duel in duels:
        first, second = duel.pair
        if not duel.wins + duel.ties + duel.losses + duel.others:
            continue
        cells[duel.prompt_set, duel.criterion, first, second] = f"{duel.wins} / {duel.ties} / {duel.losses}"
        cells[duel.prompt_set, duel.criterion, second, first] = f"{duel.losses} / {duel.ties} / {duel.wins}"
    return cells


def _row(cells: Cells, prompt_set: str, criterion: str, first: str, conditions: tuple[str, ...]) -> tuple[str, ...]:
    """A dash where a condition meets itself, or no vote was on it and the other."""
    return tuple(cells.get((prompt_set, criterion, first, second), NOTHING) for second in conditions)


def _explanation(table: Table, criterion: str) -> str:
    votes = "synthetic votes" if table.rehearsal else "votes"
    return (
        f"Wins / ties / losses of the row against the column: {votes} on {criterion} where both were shown,"
        " those for a third method left out."
    )
