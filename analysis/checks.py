"""Finds every fault of a votes file's lines: in their values, and between lines of one trial, prompt or study.

Each distinct value (or pair of values) is judged once; messages are made for faulty lines only.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from analysis.columns import BoolArray, Column, Columns, IntArray
from analysis.faults import Fault
from analysis.judges import JUDGES, MAY_BE_BLANK, TRUTH, Judge, any_text

TRIAL = ("study", "prompt_set", "prompt", "seed", "worker")  # what makes a trial where no column names it
SAME_IN_A_TRIAL = ("prompt_set", "prompt", "seed", "worker", "shown", "session", "channel", "kind", "repeats")
PROMPT = ("study", "prompt_set", "prompt")

NAME_TRIALS = "give each showing its own name in the column trial"


def find_faults(columns: Columns) -> Iterator[Fault]:
    """Every fault of every line, in no particular order."""
    for names, judge in JUDGES.items():
        if all(name in columns for name in names):
            yield from _misjudged(columns, names, judge)
    yield from _mixed_rehearsals(columns)
    placeable = _placeable(columns)
    yield from _contradictions(columns if placeable.all() else columns.only(placeable))


def trials(columns: Columns) -> IntArray:
    """The trial of each line, numbered from 0 by first appearance, shape (lines,)."""
    return _joined(columns, ("study", "trial") if "trial" in columns else TRIAL)


def _joined(columns: Columns, names: tuple[str, ...]) -> IntArray:
    """One code for each distinct combination of values, numbered from 0 by first appearance, shape (lines,)."""
    key = np.zeros(len(columns.lines), np.int64)
    for column in (columns[name] for name in names):
        if len(column.values) > 1:
            key = _numbered(key * len(column.values) + column.codes)
    return key


def _numbered(key: IntArray) -> IntArray:
    return pd.factorize(key)[0].astype(np.int64, copy=False)


def _first_rows(key: IntArray) -> IntArray:
    """The row where each code first appears, shape (codes,)."""
    first = np.zeros(key.max(initial=-1) + 1, np.int64)
    first[key[::-1]] = np.arange(len(key) - 1, -1, -1)  # of a code's rows, numpy keeps the one assigned last
    return first


def _earliest(key: IntArray) -> IntArray:
    """For each row, the first row of the same code, shape (lines,)."""
    return _first_rows(key)[key]


def _faults(columns: Columns, bad: BoolArray, reason: Callable[[int], str], advice: str = "") -> Iterator[Fault]:
    return (Fault(int(columns.lines[row]), reason(int(row)), advice, columns.unit) for row in np.flatnonzero(bad))


def _misjudged(columns: Columns, names: tuple[str, ...], judge: Judge) -> Iterator[Fault]:
    *others, name = names
    is_blank = columns[name].is_blank
    if (name in MAY_BE_BLANK and is_blank.all()) or (judge is any_text and not is_blank.any()):
        return iter(())
    if not others:
        return _told(columns, columns[name].codes, _verdicts(columns[name], name, judge))
    key = _joined(columns, names)
    cases = ([columns[each].at(row) for each in names] for row in _first_rows(key))
    return _told(columns, key, [_verdict_on_all(judge, name, values) for values in cases])


def _verdicts(column: Column, name: str, judge: Judge) -> list[str | None]:
    """What is wrong with each value of a column, with the column's name."""
    blank = None if name in MAY_BE_BLANK else "is empty"
    verdicts = [
        blank if is_blank else judge(text) for text, is_blank in zip(column.values, column.is_blank.tolist(), strict=True)
    ]
    return [f"{name} {verdict}" if verdict else None for verdict in verdicts]


def _verdict_on_all(judge: Judge, name: str, values: list[str]) -> str | None:
    """What is wrong with the last of some values next to the others; blank ones are told where they stand alone."""
    verdict = judge(*values) if all(value.strip() for value in values) else None
    return f"{name} {verdict}" if verdict else None


def _told(columns: Columns, key: IntArray, verdicts: list[str | None]) -> Iterator[Fault]:
    """The faults of all lines, of which each has one of some verdicts: verdicts[key]."""
    if not any(verdicts):
        return iter(())
    bad = np.array([verdict is not None for verdict in verdicts], np.bool_)[key]
    return _faults(columns, bad, lambda row: str(verdicts[key[row]]))


def _mixed_rehearsals(columns: Columns) -> Iterator[Fault]:
    study = columns["study"]
    rehearsal = columns["rehearsal"].where(lambda text: TRUTH.get(text.lower()) is True)
    real = columns["rehearsal"].where(lambda text: TRUTH.get(text.lower()) is False)
    with_real = np.bincount(study.codes[real], minlength=len(study.values)).astype(np.bool_)
    return _faults(
        columns,
        rehearsal & with_real[study.codes],
        lambda row: f"this is a rehearsal vote, but study “{study.at(row)}” has votes of people too; keep them apart",
        "name the study of synthetic voters otherwise, or take them out",
    )


def _placeable(columns: Columns) -> BoolArray:
    """Which lines say which trial and criterion they answer."""
    blank = np.zeros(len(columns.lines), dtype=np.bool_)
    for name in (*TRIAL, "criterion", "trial"):
        if name in columns:
            blank |= columns[name].is_blank[columns[name].codes]
    return ~blank


def _contradictions(columns: Columns) -> Iterator[Fault]:
    """Lines at odds with an earlier line of the same trial, prompt or study."""
    trial = trials(columns)
    earlier = _earliest(trial)
    for name in SAME_IN_A_TRIAL:
        yield from _differing(columns, name, "trial", earlier, f"make the two alike, or {NAME_TRIALS}")
    yield from _differing(
        columns, "subset", "prompt", _earliest(_joined(columns, PROMPT)), "write one subset for all votes of a prompt"
    )
    yield from _differing(
        columns, "conditions", "study", _earliest(columns["study"].codes), "write one order for all votes of a study"
    )
    yield from _second_answers(columns, trial)


def _second_answers(columns: Columns, trial: IntArray) -> Iterator[Fault]:
    criterion = columns["criterion"]
    earlier = _earliest(_numbered(trial * len(criterion.values) + criterion.codes))
    return _faults(
        columns,
        np.arange(len(earlier)) != earlier,
        lambda row: f"{_line(columns, earlier[row])} answers “{criterion.at(row)}” in the same trial already",
        f"keep one of the two, or, if the worker saw the images twice, {NAME_TRIALS}",
    )


def _differing(columns: Columns, name: str, whole: str, earlier: IntArray, advice: str) -> Iterator[Fault]:
    """Lines whose value is another than on the first line of the same trial, prompt or study."""
    if name not in columns or len(columns[name].values) == 1:
        return iter(())
    column = columns[name]

    def reason(row: int) -> str:
        first = earlier[row]
        return f"{name} is “{column.at(row)}”, but “{column.at(first)}” on {_line(columns, first)} of the same {whole}"

    return _faults(columns, column.codes != column.codes[earlier], reason, advice)


def _line(columns: Columns, row: np.int64) -> str:
    return f"{columns.unit} {columns.lines[row]}"
