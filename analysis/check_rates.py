"""How workers answered gold, repeats and attention checks."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Rate:
    """How many answers (or checks) of a worker there are, and how many of them are right, in per cent."""

    answers: int
    percent: float | None


NONE = Rate(0, None)


def gold_rates(checks: pd.DataFrame) -> dict[str, Rate]:
    """By worker: answers to gold on the criteria that it judges. checks: of one study, as `read_checks` gives them."""
    gold = checks[(checks["kind"] == "gold") & (checks["expected"] != "")]
    return _rates(gold["worker"], gold["choice"] == gold["expected"])


def attention_rates(checks: pd.DataFrame) -> dict[str, Rate]:
    """By worker: attention checks, each passed with all of its answers or not at all."""
    asked = checks[checks["kind"] == "attention"]
    passed = (asked["choice"] == asked["expected"]).groupby([asked["worker"], asked["trial"]]).all()
    return _rates(passed.index.get_level_values("worker"), passed)


def repeat_rates(checks: pd.DataFrame, rows: pd.DataFrame) -> dict[str, Rate]:
    """By worker: answers to repeats that are like the first answer to the same criterion; two ties are alike.

    rows: all votes of the study. A repeat of a trial that is not among them says nothing.
    """
    again = checks[checks["kind"] == "repeat"]
    named = rows.loc[rows["trial_name"].isin(again["repeats"].unique()), ["trial_name", "criterion", "choice"]].astype("str")
    first = named.rename(columns={"trial_name": "repeats", "choice": "first"})
    both = again[again["repeats"] != ""].merge(first, on=["repeats", "criterion"])
    return _rates(both["worker"], both["choice"] == both["first"])


def _rates(worker: "pd.Series[str] | pd.Index[str]", right: "pd.Series[bool]") -> dict[str, Rate]:
    return {str(name): Rate(len(answers), 100 * float(answers.mean())) for name, answers in right.groupby(worker)}
