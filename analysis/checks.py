"""Finds every fault of a votes file's lines: in their values, and between lines of one trial or study.

Each distinct value (or pair of values) is judged once; messages are made for faulty lines only.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from analysis.faults import Fault
from analysis.judges import JUDGES, MAY_BE_BLANK, TRUTH, Judge
from analysis.parsing import BoolArray, Columns, IntArray

TRIAL = ("study", "prompt_set", "prompt", "seed", "worker")  # what makes a trial where no column names it
SAME_IN_A_TRIAL = ("prompt_set", "prompt", "seed", "worker", "shown")


def find_faults(columns: Columns) -> Iterator[Fault]:
    """Every fault of every line, in no particular order."""
    for names, judge in JUDGES.items():
        if all(name in columns for name in names):
            yield from _misjudged(columns, names, judge)
    yield from _mixed_rehearsals(columns)
    yield from _contradictions(columns.only(_placeable(columns)))


def trials(columns: Columns) -> IntArray:
    """The trial of each line, numbered from 0 by first appearance, shape (lines,)."""
    names = ("study", "trial") if "trial" in columns else TRIAL
    return _joined(*(columns[name].codes for name in names))


def _joined(*columns: IntArray) -> IntArray:
    """One code for each distinct combination of codes, numbered from 0 by first appearance, shape (lines,)."""
    key = np.zeros_like(columns[0])
    for codes in columns:
        key = pd.factorize(key * (codes.max(initial=0) + 1) + codes)[0].astype(np.int64)
    return key


def _first_rows(key: IntArray) -> IntArray:
    """The row where each code first appears, shape (codes,)."""
    return np.unique(key, return_index=True)[1]


def _faults(columns: Columns, bad: BoolArray, reason: Callable[[int], str]) -> Iterator[Fault]:
    return (Fault(int(columns.lines[row]), reason(int(row))) for row in np.flatnonzero(bad))


def _misjudged(columns: Columns, names: tuple[str, ...], judge: Judge) -> Iterator[Fault]:
    *_, name = names
    key = _joined(*(columns[name].codes for name in names))
    verdicts = [_verdict(judge, name, [columns[name].at(row) for name in names]) for row in _first_rows(key)]
    bad = np.array([verdict is not None for verdict in verdicts], dtype=np.bool_)[key]
    return _faults(columns, bad, lambda row: f"{name} {verdicts[key[row]]}")


def _verdict(judge: Judge, name: str, values: list[str]) -> str | None:
    if all(value.strip() for value in values):
        return judge(*values)
    if values[-1].strip() or name in MAY_BE_BLANK:
        return None
    return "is empty"


def _mixed_rehearsals(columns: Columns) -> Iterator[Fault]:
    study = columns["study"]
    rehearsal = columns["rehearsal"].where(lambda text: TRUTH.get(text.lower()) is True)
    real = columns["rehearsal"].where(lambda text: TRUTH.get(text.lower()) is False)
    with_real = np.bincount(study.codes[real], minlength=len(study.values)).astype(np.bool_)
    return _faults(
        columns,
        rehearsal & with_real[study.codes],
        lambda row: f"this is a rehearsal vote, but study “{study.at(row)}” has votes of people too; keep them apart",
    )


def _placeable(columns: Columns) -> BoolArray:
    """Which lines say which trial and criterion they answer."""
    blank = np.zeros(len(columns.lines), dtype=np.bool_)
    for name in (*TRIAL, "criterion", "trial"):
        if name in columns:
            blank |= columns[name].where(lambda text: not text.strip())
    return ~blank


def _contradictions(columns: Columns) -> Iterator[Fault]:
    """Lines at odds with an earlier line of the same trial or study."""
    trial = trials(columns)
    for name in SAME_IN_A_TRIAL:
        yield from _differing(columns, name, "trial", trial)
    yield from _differing(columns, "conditions", "study", _joined(columns["study"].codes))
    answer = _joined(trial, columns["criterion"].codes)
    earlier = _first_rows(answer)[answer]
    yield from _faults(
        columns,
        np.arange(len(answer)) != earlier,
        lambda row: f"line {columns.lines[earlier[row]]} answers “{columns['criterion'].at(row)}” in the same trial already",
    )


def _differing(columns: Columns, name: str, whole: str, key: IntArray) -> Iterator[Fault]:
    """Lines whose value is another than on the first line of the same trial or study."""
    column, earlier = columns[name], _first_rows(key)[key]
    return _faults(
        columns,
        column.codes != column.codes[earlier],
        lambda row: (
            f"{name} is “{column.at(row)}”, but “{column.at(earlier[row])}”"
            f" on line {columns.lines[earlier[row]]} of the same {whole}"
        ),
    )
