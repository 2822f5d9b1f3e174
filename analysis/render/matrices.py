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
    """The duels on one criterion; blocks: the texts of each prompt set's cells, a row and a column for each condition."""

    study: str
    criterion: str
    caption: str
    notes: tuple[str, ...]
    conditions: tuple[str, ...]
    blocks: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]

    @property
    def title(self) -> str:
        return f"{self.study}: {heading(self.criterion)}"


def matrices(studies: Sequence[StudyDuels]) -> Iterator[Matrix]:
    """One for each criterion of each study."""
    for study in studies:
        cells = _cells(study.duels)
        for criterion in study.table.criteria:
            yield Matrix(
                study=study.table.study,
                criterion=criterion,
                caption=_caption(study.table, criterion),
                notes=study.table.notes,
                conditions=study.conditions,
                blocks=tuple(
                    (name, tuple(_row(cells, name, criterion, first, study.conditions) for first in study.conditions))
                    for name in dict.fromkeys(duel.prompt_set for duel in study.duels)
                ),
            )


Cells = dict[tuple[str, str, str, str], str]  # by prompt set, criterion, condition of the row and of the column


def _cells(duels: Sequence[Duel]) -> Cells:
    cells = {}
    for duel in duels:
        first, second = duel.pair
        cells[duel.prompt_set, duel.criterion, first, second] = f"{duel.wins} / {duel.ties} / {duel.losses}"
        cells[duel.prompt_set, duel.criterion, second, first] = f"{duel.losses} / {duel.ties} / {duel.wins}"
    return cells


def _row(cells: Cells, prompt_set: str, criterion: str, first: str, conditions: tuple[str, ...]) -> tuple[str, ...]:
    """A dash where a condition meets itself, or never meets the other."""
    return tuple(cells.get((prompt_set, criterion, first, second), NOTHING) for second in conditions)


def _caption(table: Table, criterion: str) -> str:
    votes = "synthetic votes" if table.rehearsal else "votes"
    notes = "".join(f"{note}. " for note in table.notes)
    return (
        f"{notes}Wins / ties / losses of the row against the column: {votes} on {criterion} where both were shown,"
        " those for a third method left out."
    )
